#include "bots/liquidation/logic.hpp"
#include "common/app/bot.hpp"

int main(int argc, char** argv) {
  app::BotSpec spec;
  spec.name = "liquidation";
  spec.title = "Liquidation Bot";
  spec.make_logic = liquidation::make_logic;
  return app::run_bot(argc, argv, spec);
}
