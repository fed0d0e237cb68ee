#include "common/app/bot.hpp"
