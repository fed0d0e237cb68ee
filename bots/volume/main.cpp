#include "bots/volume/logic.hpp"
#include "common/app/bot.hpp"

int main(int argc, char** argv) {
  app::BotSpec spec;
  spec.name = "volume";
  spec.title = "Volume Bot";
  spec.make_logic = volume::make_logic;
  return app::run_bot(argc, argv, spec);
}
