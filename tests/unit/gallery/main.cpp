// usage: message_gallery                      docs/messages.md
//        message_gallery dark|light [phone]    a page for a browser: all messages, or what fits on a long phone
#include <iostream>
#include <string_view>

#include "tests/unit/gallery/gallery.hpp"

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.empty()) {
    std::cout << gallery::markdown();
  } else if (arguments[0] == "dark" || arguments[0] == "light") {
    std::cout << gallery::page(arguments[0] == "dark", arguments.size() > 1);
  } else {
    std::cerr << "usage: message_gallery [dark|light [phone]]\n";
    return 2;
  }
  return std::cout.flush() ? 0 : 1;
}
