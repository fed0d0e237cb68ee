#include "bots/funding/logic.hpp"
#include "common/app/bot.hpp"

int main(int argc, char** argv) {
  app::BotSpec spec;
  spec.name = "funding";
  spec.title = "Funding Bot";
  spec.make_logic = funding::make_logic;
  return app::run_bot(argc, argv, spec);
}
