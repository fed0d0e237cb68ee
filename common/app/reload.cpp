#include "common/app/reload.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "common/stats/blob.hpp"

namespace app {

namespace {

/// "section.key" -> value, of what is printed as TOML with one key a line.
std::map<std::string, std::string_view> keys_of(std::string_view text) {
  std::map<std::string, std::string_view> out;
  std::string section;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("#") || line.empty()) continue;
    if (line.starts_with("[")) {
      section = std::string(line.substr(1, line.size() - 2)) + ".";
      continue;
    }
    const auto equals = line.find(" = ");
    if (equals != std::string_view::npos) out[section + std::string(line.substr(0, equals))] = line.substr(equals + 3);
  }
  return out;
}

bool applies_at_once(std::string_view key, std::string_view bot) {
  const auto section = key.substr(0, key.find('.'));
  if (key == std::string(bot) + ".history") return false;  // what was fetched was fetched
  return section == "bot" || section == "heartbeat" || section == "gates" || section == "trade" ||
         section == "report" || section == "watch" || section == bot;
}

std::string listed(const std::vector<std::string>& keys) {
  std::string out;
  for (const auto& key : keys) out += (out.empty() ? "" : ", ") + key;
  return out;
}

}  // namespace

ConfigChanges changes_between(std::string_view before, std::string_view after, std::string_view bot) {
  const auto old_keys = keys_of(before), new_keys = keys_of(after);
  ConfigChanges out;
  const auto note = [&](const std::string& key) {
    (applies_at_once(key, bot) ? out.in_force : out.after_restart).push_back(key);
  };
  for (const auto& [key, value] : new_keys) {
    const auto old = old_keys.find(key);
    if (old == old_keys.end() || old->second != value) note(key);
  }
  for (const auto& [key, value] : old_keys)
    if (!new_keys.contains(key)) note(key);
  return out;
}

std::string describe(const ConfigChanges& changes) {
  if (changes.in_force.empty() && changes.after_restart.empty()) return "reloaded: nothing differs";
  std::string out = "reloaded: ";
  if (!changes.in_force.empty()) out += listed(changes.in_force) + " in force";
  if (!changes.in_force.empty() && !changes.after_restart.empty()) out += "; ";
  if (!changes.after_restart.empty()) out += listed(changes.after_restart) + " after a restart";
  return out;
}

std::string config_hash(std::string_view effective, std::string_view bot) {
  std::string relevant;
  for (const auto& [key, value] : keys_of(effective)) {
    const auto section = std::string_view(key).substr(0, key.find('.'));
    if (section == bot || section == "gates" || section == "trade" || section == "watch")
      relevant += key + "=" + std::string(value) + "\n";
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(stats::fnv1a(relevant)));
  return std::string(text).substr(0, 8);
}

}  // namespace app
