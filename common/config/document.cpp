#include "common/config/document.hpp"

#include <algorithm>
#include <numeric>

#include "common/config/file.hpp"
#include "common/config/toml_reader.hpp"
#include "common/config/tree.hpp"

namespace config {
namespace {

constexpr std::string_view env_prefix = "PERPWATCH_";
constexpr std::size_t keys_listed_max = 12;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// The key that a part of a variable's name means here: the files' own spelling if they have it.
std::string key_for(const Node& table, std::string_view part) {
  auto wanted = lower(part);
  for (const auto& [key, node] : table.table) {
    if (lower(key) == wanted) return key;
  }
  return wanted;
}

void apply_variable(Node& root, const std::string& variable, const std::string& value, Tree& tree) {
  const Origin origin{Origin::Kind::environment, 0, 0, 0, variable};
  std::string_view rest = std::string_view(variable).substr(env_prefix.size());
  if (rest.find("__") == std::string_view::npos) {
    tree.warnings.push_back(variable + " is no setting: a setting is named PERPWATCH_<SECTION>__<KEY>");
    return;
  }
  Node* at = &root;
  while (true) {
    const auto split = rest.find("__");
    const auto part = rest.substr(0, split);
    if (part.empty()) {
      tree.problems.push_back({origin, "", "a name with an empty part", "PERPWATCH_<SECTION>__<KEY>"});
      return;
    }
    if (at->kind != Node::Kind::table) {
      *at = Node{};
      at->origin = origin;
    }
    Node& next = at->table[key_for(*at, part)];
    if (split == std::string_view::npos) {
      next = Node{};
      next.kind = Node::Kind::untyped;
      next.text = value;
      next.origin = origin;
      return;
    }
    if (next.origin.kind == Origin::Kind::default_value) next.origin = origin;  // made here
    at = &next;
    rest.remove_prefix(split + 2);
  }
}

/// Edit distance with neighbours swapped as one step: "fudning" is one step from "funding".
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_last, last(right.size() + 1), now(right.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t swap = left[i - 1] == right[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + swap});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        now[j] = std::min(now[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = now;
  }
  return last.back();
}

Problem unknown(const Node& node, const std::string& path, const std::string& key, const std::set<std::string>& known) {
  constexpr std::size_t key_bytes_max = 64;
  const std::string full = path.empty() ? toml_key(key) : path + "." + toml_key(key);
  Problem problem{node.origin, full, node.kind == Node::Kind::table ? "unknown section" : "unknown key", ""};
  if (node.kind == Node::Kind::text && holds_token(node.text)) {
    problem.found = "a Telegram token in a settings file";
    problem.allowed = "secrets come from systemd credentials, an environment file with mode 0600, or the environment";
    return problem;
  }
  const auto wanted = lower(std::string_view(key).substr(0, key_bytes_max));
  std::size_t best = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  std::string_view nearest;
  for (const auto& one : known) {
    const auto steps = distance(wanted, lower(one));
    if (steps < best && steps < one.size()) {
      best = steps;
      nearest = one;
    }
  }
  if (!nearest.empty()) {
    problem.found += "; did you mean \"" + std::string(nearest) + "\"?";
  }
  if (nearest.empty() || known.size() <= keys_listed_max) {
    std::size_t listed = 0;
    for (const auto& one : known) {
      if (++listed > keys_listed_max) {
        problem.allowed += ", …";
        break;
      }
      problem.allowed += (problem.allowed.empty() ? "" : ", ") + one;
    }
  }
  return problem;
}

void find_unknown(const Tree& tree, const Node& table, const std::string& path, Problems& problems) {
  const std::set<std::string> none;
  const auto found = tree.known.find(path);
  const auto& known = found == tree.known.end() ? none : found->second;
  for (const auto& [key, node] : table.table) {
    if (!node.asked_for) {
      problems.push_back(unknown(node, path, key, known));
    } else if (node.kind == Node::Kind::table) {
      find_unknown(tree, node, path.empty() ? toml_key(key) : path + "." + toml_key(key), problems);
    }
  }
}

}  // namespace

Environment environment_of(const char* const* variables) {
  Environment out;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view line(*variables);
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && equals > 0) out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document Document::load(const std::vector<std::filesystem::path>& files, const Environment& environment) {
  std::vector<SourceText> layers;
  Problems unread;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto file = read_small_file(files[i]);
    if (!file) {
      unread.push_back({{Origin::Kind::file, i, 0, 0, files[i].string()}, "", file.error().cause, "a readable file"});
    }
    layers.push_back({files[i].string(), file ? std::move(file->text) : std::string{}});
  }
  Document out = parse(layers, environment);
  out.tree_->problems.insert(out.tree_->problems.end(), unread.begin(), unread.end());
  return out;
}

Document Document::parse(const std::vector<SourceText>& layers, const Environment& environment) {
  auto tree = std::make_unique<Tree>();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    merge(tree->root, read_toml(layers[i].text, layers[i].name, i, tree->problems));
  }
  for (auto at = environment.lower_bound(env_prefix); at != environment.end() && at->first.starts_with(env_prefix);
       ++at) {
    apply_variable(tree->root, at->first, at->second, *tree);
  }
  return Document(std::move(tree));
}

Section Document::section(std::string_view name) {
  Section root(*tree_, &tree_->root, "");
  auto section = root.sub(name);
  return section;
}

Problems Document::problems() const {
  Problems out = tree_->problems;
  find_unknown(*tree_, tree_->root, "", out);
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
  return out;
}

const std::vector<std::string>& Document::warnings() const { return tree_->warnings; }

std::string Document::effective() const {
  std::vector<std::string> sections;
  for (const auto& setting : tree_->settings) {
    if (std::ranges::find(sections, setting.section) == sections.end()) sections.push_back(setting.section);
  }
  std::string out;
  for (const auto& section : sections) {
    out += (out.empty() ? "[" : "\n[") + section + "]\n";
    for (const auto& setting : tree_->settings) {
      if (setting.section != section) continue;
      out += "# " + setting.words + " (" + setting.range + "; " + setting.origin.text() + ")\n";
      out += toml_key(setting.key) + " = " + setting.value + "\n";
    }
  }
  return out;
}

std::string Document::fingerprint(std::string_view section) const {
  std::vector<std::string> lines;
  for (const auto& setting : tree_->settings) {
    const std::string full = setting.section + ".";
    if (section.empty() || full.starts_with(std::string(section) + ".")) {
      lines.push_back(full + toml_key(setting.key) + "=" + setting.value + "\n");
    }
  }
  std::ranges::sort(lines);                          // the order of reading is no part of the settings
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const auto& line : lines) {
    for (const char c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, hash >>= 4U) *digit = "0123456789abcdef"[hash & 15U];
  return out;
}

}  // namespace config
