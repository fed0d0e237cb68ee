#include "bots/funding/said.hpp"

namespace funding {

std::string Said::save() const {
  stats::BlobWriter out;
  out.put(extreme_minute);
  out.put(predicted_minute);
  for (const bool flag : {disarmed, limit, calm}) out.put(static_cast<std::uint8_t>(flag));
  return std::move(out).seal(blob_kind);
}

base::Result<Said> Said::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  Said out;
  out.extreme_minute = opened->get<std::int64_t>();
  out.predicted_minute = opened->get<std::int64_t>();
  for (bool* flag : {&out.disarmed, &out.limit, &out.calm}) *flag = opened->get<std::uint8_t>() != 0;
  if (!opened->finished())
    return base::Error(base::ErrorKind::bad_data, "stored memory of funding signals", "it was cut",
                       "it is dropped; a signal may be said again");
  return out;
}

}  // namespace funding
