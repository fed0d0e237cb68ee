// perpwatch_chart: the JSON of one picture on standard input, its PNG on standard output. A short-lived child of the
// bots, which so never hold cairo, its fonts or a bitmap in their own memory. Reads no environment and writes no file.
//
// Exit codes: 0 drawn; 2 called wrongly; 65 what came in is no picture; 72 a font is missing; 74 nobody took the PNG;
// 70 a bug. Whatever is not 0 says one line on standard error.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <unistd.h>

#include "charts/pictures.hpp"

namespace {

enum Exit : int {
  exit_drawn = 0,
  exit_usage = 2,
  exit_no_picture = 65,
  exit_bug = 70,
  exit_no_font = 72,
  exit_unread = 74
};

int fail(int code, const std::string& words) {
  std::fprintf(stderr, "perpwatch_chart: %s\n", words.c_str());
  return code;
}

/// Up to one byte more than a picture may have: what is longer is refused without being read.
std::string read_all() {
  std::string out;
  std::array<char, 65'536> buffer{};
  while (out.size() <= desk::picture_json_max) {
    const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return out;
}

bool write_all(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto wrote = ::write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

int run(const char* fonts_folder) {
  const auto spec = desk::picture_from_json(read_all());
  if (!spec) return fail(exit_no_picture, spec.error().text());
  const auto fonts = charts::Fonts::load(fonts_folder);
  if (!fonts) return fail(exit_no_font, fonts.error().text());
  const auto png = std::visit([&](const auto& one) { return charts::draw(one, fonts.value()); }, spec.value());
  if (!png) return fail(exit_bug, png.error().text());
  return write_all(png.value()) ? exit_drawn : fail(exit_unread, "the picture could not be written");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (argc > 2) return fail(exit_usage, "usage: perpwatch_chart [FOLDER OF FONTS] <SPEC.json >PICTURE.png");
  try {
    return run(argc == 2 ? argv[1] : charts::Fonts::folder);
  } catch (const std::exception& bug) {
    return fail(exit_bug, bug.what());
  }
}
