#include "bots/volume/logic.hpp"
#include "bots/volume/score.hpp"
#include "common/app/bot.hpp"

int main(int argc, char** argv) {
  app::BotSpec spec;
  spec.name = "volume";
  spec.title = "Volume Bot";
  spec.make_logic = volume::make_logic;
  spec.own_commands = {{"score", "an anomaly score in [0, 1] for each row i,unix_seconds,value", volume::score_file}};
  return app::run_bot(argc, argv, spec);
}
