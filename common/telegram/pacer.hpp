// How fast one bot may talk (TG-1): once a second to a chat, 18 times a minute to a group or channel, 25 a second in
// all. Edits count like messages. Pure; in any minute a group gets at most 20 (18 and a burst of 2).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/guard/gcra.hpp"

namespace telegram {

[[nodiscard]] bool is_group(std::string_view chat);  ///< a group or channel: a negative id or @name

class Pacer {
 public:
  Pacer();
  [[nodiscard]] base::SteadyTime ready_at(const std::string& chat, base::SteadyTime now);
  void take(const std::string& chat, base::SteadyTime now);  ///< at ready_at() or later

 private:
  struct Pace {
    guard::Gcra second;
    std::optional<guard::Gcra> minute;
  };
  Pace& pace_of(const std::string& chat, base::SteadyTime now);
  guard::Gcra all_;
  std::map<std::string, Pace> chats_;
};

}  // namespace telegram
