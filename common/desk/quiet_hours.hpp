// The hours in which nothing rings, in a place's own time: summer time begins and ends in them too.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace desk {

class QuietHours {
 public:
  QuietHours() = default;  ///< none
  /// `hours`: "22:00-07:00", local time, over midnight or not; empty: none. `zone`: a name of the IANA database,
  /// "Europe/Berlin". Error (bad_data): what cannot be read, and how it is written.
  [[nodiscard]] static base::Result<QuietHours> make(std::string_view hours, const std::string& zone);

  [[nodiscard]] bool contain(base::WallTime now) const;
  /// When the quiet hours that `now` is in are over; of a `now` outside of them: `now`.
  [[nodiscard]] base::WallTime end_of(base::WallTime now) const;
  [[nodiscard]] const std::string& words() const { return words_; }  ///< "22:00-07:00 Europe/Berlin"; empty: none

 private:
  struct Zone;
  std::shared_ptr<const Zone> zone_;  ///< null: none
  std::chrono::minutes from_{}, until_{};
  std::string words_;
};

}  // namespace desk
