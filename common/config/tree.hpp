// What a Document holds and its Sections write into. Internal to this room.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/config/node.hpp"

namespace config {

/// One key as a room declared it by reading it.
struct Setting {
  std::string section;  ///< "exchange.okx.limits"; parts quoted where TOML needs it
  std::string key;
  std::string words;
  std::string range;  ///< "integer from 1 to 10"
  std::string value;  ///< as TOML
  Origin origin;
};

struct Tree {
  Node root;
  Problems problems;
  std::vector<std::string> warnings;
  std::vector<Setting> settings;                       ///< in the order of reading
  std::map<std::string, std::set<std::string>> known;  ///< by section: the keys and sub-sections that a room knows
};

}  // namespace config
