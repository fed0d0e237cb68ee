// The funding bot as the app sees it: its section, its needs, its detector.
#pragma once
#include <memory>

namespace app {
class BotLogic;
}

namespace funding {
[[nodiscard]] std::unique_ptr<app::BotLogic> make_logic();
}
