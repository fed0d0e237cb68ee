#include "common/config/secrets.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/text.hpp"
#include "common/config/file.hpp"
#include "common/config/node.hpp"

namespace config {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string credential_name(std::string_view variable) {
  std::string out(variable);
  std::ranges::transform(out, out.begin(), [](char c) {
    if (c == '_') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

Origin place(std::string text, std::size_t order) { return {Origin::Kind::file, order, 0, 0, std::move(text)}; }

bool is_name(std::string_view text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9') && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// NAME=value lines as systemd and shells write them: comments, "export ", one pair of quotes.
Environment parse_environment_file(std::string_view text, const std::string& file, Problems& problems) {
  Environment out;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = base::trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.starts_with("export ")) line = base::trimmed(line.substr(7));
    const auto equals = line.find('=');
    const auto name = base::trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      problems.push_back({{Origin::Kind::file, 0, number, 1, file}, "", "a line that sets nothing", "NAME=value"});
      continue;
    }
    auto value = base::trimmed(line.substr(equals + 1));
    const bool quoted =
        value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
    if (quoted) value = value.substr(1, value.size() - 2);
    out.insert_or_assign(std::string(name), std::string(value));
  }
  return out;
}

struct Found {
  std::string value;
  Origin origin;
};

/// The places, in order, and what they yielded.
class Search {
 public:
  Search(const SecretSources& sources, LoadedSecrets& out) : sources_(sources), out_(out) {
    if (!sources.environment_file.empty()) read_environment_file();
  }

  /// The first name is the preferred one.
  std::optional<Found> find(std::initializer_list<std::string_view> names) {
    using Look = std::optional<Found> (Search::*)(std::string_view);
    for (const Look look : {&Search::in_credentials, &Search::in_file, &Search::in_environment}) {
      for (const auto name : names) {
        auto found = (this->*look)(name);
        if (!found) continue;
        if (name != *names.begin()) {
          out_.warnings.push_back(found->origin.text() + ": " + std::string(name) + " is an old name; write " +
                                  std::string(*names.begin()));
        }
        return found;
      }
    }
    return std::nullopt;
  }

 private:
  void read_environment_file() {
    const auto path = sources_.environment_file.string();
    const auto file = read_small_file(sources_.environment_file);
    if (!file) {
      out_.problems.push_back({place(path, 0), "", file.error().cause, "a readable file with mode 0600"});
      return;
    }
    constexpr unsigned others = 0077;
    if ((file->mode & others) != 0) {
      std::string mode = "0000";
      for (unsigned i = 0; i < 4; ++i) mode[3 - i] = static_cast<char>('0' + ((file->mode >> (3 * i)) & 7U));
      out_.problems.push_back({place(path, 0), "", "mode " + mode + ": others may read the secrets in it",
                               "mode 0600; run: chmod 600 " + path});
      return;
    }
    file_ = parse_environment_file(file->text, path, out_.problems);
  }

  std::optional<Found> in_credentials(std::string_view name) {
    if (sources_.credentials_dir.empty()) return std::nullopt;
    const auto path = sources_.credentials_dir / credential_name(name);
    const auto file = read_small_file(path);
    if (!file) {
      if (file.error().kind != base::ErrorKind::not_found) {
        out_.problems.push_back({place(path.string(), 0), "", file.error().cause, "a readable credential"});
      }
      return std::nullopt;
    }
    return non_blank(file->text, place(path.string(), 0));
  }

  std::optional<Found> in_file(std::string_view name) {
    const auto found = file_.find(name);
    if (found == file_.end()) return std::nullopt;
    return non_blank(found->second, place(sources_.environment_file.string() + " " + std::string(name), 1));
  }

  std::optional<Found> in_environment(std::string_view name) {
    const auto found = sources_.environment.find(name);
    if (found == sources_.environment.end()) return std::nullopt;
    return non_blank(found->second, {Origin::Kind::environment, 2, 0, 0, std::string(name)});
  }

  static std::optional<Found> non_blank(std::string_view value, Origin origin) {
    value = base::trimmed(value);
    if (value.empty()) return std::nullopt;
    return Found{std::string(value), std::move(origin)};
  }

  const SecretSources& sources_;
  LoadedSecrets& out_;
  Environment file_;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number that is not 0, or the name of a public channel.
bool is_chat_id(std::string_view text) {
  if (const auto number = whole_number(text)) return *number != 0;
  constexpr std::size_t name_max = 33;
  return text.size() > 1 && text.size() <= name_max && text.front() == '@' && is_name(text.substr(1));
}

std::string chat(const std::optional<Found>& found, LoadedSecrets& out) {
  if (!found) return {};
  if (!is_chat_id(found->value)) {
    // The value may be a token put under the wrong name: it is not repeated.
    out.problems.push_back({found->origin, "", "not the form of a chat id",
                            "a number such as -1001234567890, or the @name of a public channel"});
    return {};
  }
  return found->value;
}

std::vector<std::int64_t> admins(const std::optional<Found>& found, LoadedSecrets& out) {
  std::vector<std::int64_t> ids;
  if (!found) return ids;
  std::string_view rest = found->value;
  while (!rest.empty()) {
    const auto end = rest.find_first_of(", ;\n");
    const auto one = base::trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (one.empty()) continue;
    const auto id = whole_number(one);
    if (!id || *id <= 0) {
      out.problems.push_back(
          {found->origin, "", "not a list of user ids", "positive numbers with commas between them"});
      return {};
    }
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

std::string from(const std::optional<Found>& found) { return found ? ", from " + found->origin.text() : ""; }

}  // namespace

LoadedSecrets load_secrets(const SecretSources& sources) {
  LoadedSecrets out;
  Search search(sources, out);
  const std::string token_name = "TELEGRAM_BOT_TOKEN_" + upper(sources.bot);
  const auto token = search.find(
      {token_name, "TELEGRAM_TOKEN_" + upper(sources.bot), "TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN", "BOT_TOKEN"});
  if (token && !looks_like_token(token->value)) {
    out.problems.push_back({token->origin, "",
                            std::to_string(token->value.size()) + " characters that are not the form of a bot token",
                            "the line @BotFather gave: digits, a colon, about 35 letters"});
  } else if (token) {
    out.secrets.bot_token = base::Secret(token->value);
  }
  const auto chat_id = search.find({"TELEGRAM_CHAT_ID", "TELEGRAM_CHANNEL_ID", "CHAT_ID"});
  const auto operator_chat = search.find({"TELEGRAM_OPERATOR_CHAT_ID", "TELEGRAM_ADMIN_CHAT_ID"});
  const auto admin_ids = search.find({"ADMIN_IDS", "TELEGRAM_ADMIN_IDS", "ADMIN_ID"});
  out.secrets.chat_id = chat(chat_id, out);
  out.secrets.operator_chat_id = operator_chat ? chat(operator_chat, out) : out.secrets.chat_id;
  out.secrets.admin_ids = admins(admin_ids, out);
  if (token && !chat_id) {
    out.problems.push_back({token->origin, "", "a bot token without a chat to write to", "set TELEGRAM_CHAT_ID too"});
  }
  if (!token && chat_id) out.warnings.push_back("TELEGRAM_CHAT_ID is set, " + token_name + " is not: nothing is sent");
  out.secrets.described = {
      token_name + ": " + out.secrets.bot_token.masked() + from(token),
      "TELEGRAM_CHAT_ID: " + (chat_id ? out.secrets.chat_id : "not set") + from(chat_id),
      "TELEGRAM_OPERATOR_CHAT_ID: " + (operator_chat ? out.secrets.operator_chat_id : "the same") + from(operator_chat),
      "ADMIN_IDS: " + std::to_string(out.secrets.admin_ids.size()) + " people" + from(admin_ids),
  };
  return out;
}

}  // namespace config
