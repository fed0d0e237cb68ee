#include "common/net/http.hpp"

#include <algorithm>

namespace net {

std::string_view header(const Response& response, std::string_view lower_case_name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& pair) { return pair.first == lower_case_name; });
  return found == response.headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace net
