// Small text work: queries, forms, globs and numbers as exchanges print them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string upper(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// Percent-decoding; with `form`, '+' is a blank.
[[nodiscard]] std::string url_decode(std::string_view text, bool form);
[[nodiscard]] Params parse_form(std::string_view text);  ///< a=1&b=2
struct Form {
  Params fields;
  Params files;  ///< their bytes
};
/// Of a multipart/form-data body.
[[nodiscard]] Form parse_multipart(std::string_view body, std::string_view content_type);
/// '*' stands for any run of characters, '/' included. Case counts.
[[nodiscard]] bool glob(std::string_view pattern, std::string_view text);
[[nodiscard]] std::string fixed(double value, int decimals);  ///< "0.10"
[[nodiscard]] std::string number(double value);               ///< up to 10 decimals, no trailing zeros, no exponent
[[nodiscard]] std::string http_date(Ms now);                  ///< RFC 9110
[[nodiscard]] std::string clock_text(Ms now);                 ///< "12:34:56" UTC
/// A parameter as an integer; `fallback` when it is absent or no number.
[[nodiscard]] Ms int_param(const Params& params, const std::string& name, Ms fallback);
[[nodiscard]] std::string text_param(const Params& params, const std::string& name, std::string fallback = {});

}  // namespace sandbox
