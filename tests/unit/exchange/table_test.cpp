// Tables: rows that are alike, and rows that only look so.
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/exchange/json.hpp"
#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace table_test {

using testing::Document;

/// "a=1 b=2 | a=3 b=-": what the look-ups find, row by row; "-" is absent.
std::string read(const Document& document) {
  if (!document) return "refused: " + document.error().cause;
  std::string out;
  for (const Value row : document.root()) {
    if (!out.empty()) out += " | ";
    const auto say = [&](const char* name, Value value) {
      out += out.empty() || out.ends_with("| ") ? "" : " ";
      out += std::string(name) + "=";
      if (!value.present()) {
        out += "-";
      } else if (value.is_object() || value.is_array()) {
        out += (value.is_object() ? "{" : "[") + std::to_string(value.size());
      } else {
        out += value.text();
      }
    };
    say("a", row["a"]);
    say("b", row["b"]);
    say("last", row["last"]);
  }
  return out;
}

struct Line {
  std::string_view what, bytes, expected;
};

TEST(Table, RowsAreReadByNameWhateverTheRowsBeforeWereLike) {
  for (const auto& [what, bytes, expected] : {
           Line{"the same order", R"([{"a":1,"b":2,"last":3},{"a":4,"b":5,"last":6}])",
                "a=1 b=2 last=3 | a=4 b=5 last=6"},
           {"another order", R"([{"a":1,"b":2,"last":3},{"last":6,"a":4,"b":5}])", "a=1 b=2 last=3 | a=4 b=5 last=6"},
           {"names swapped in place", R"([{"a":1,"b":2},{"b":3,"a":4},{"a":5,"b":6}])",
            "a=1 b=2 last=- | a=4 b=3 last=- | a=5 b=6 last=-"},
           {"a missing member", R"([{"a":1,"b":2},{"a":3},{"b":4},{}])",
            "a=1 b=2 last=- | a=3 b=- last=- | a=- b=4 last=- | a=- b=- last=-"},
           {"one more", R"([{"a":1},{"a":2,"b":3},{"a":4}])", "a=1 b=- last=- | a=2 b=3 last=- | a=4 b=- last=-"},
           {"another name of the same length", R"([{"a":1,"b":2},{"a":3,"c":4},{"a":5,"b":6}])",
            "a=1 b=2 last=- | a=3 b=- last=- | a=5 b=6 last=-"},
           {"duplicates: the first counts", R"([{"a":1,"b":2},{"b":9,"b":2},{"a":7,"a":8}])",
            "a=1 b=2 last=- | a=- b=9 last=- | a=7 b=- last=-"},
           {"duplicates in every row", R"([{"a":1,"a":2,"b":3},{"a":4,"a":5,"b":6}])",
            "a=1 b=3 last=- | a=4 b=6 last=-"},
           {"a container where a number was", R"([{"a":1,"b":2},{"a":[7,8],"b":3},{"a":{"b":9},"b":4}])",
            "a=1 b=2 last=- | a=[2 b=3 last=- | a={1 b=4 last=-"},
           {"containers of other sizes", R"([{"a":[1],"b":2},{"a":[1,2],"b":3},{"a":[],"b":4},{"a":[5],"b":6}])",
            "a=[1 b=2 last=- | a=[2 b=3 last=- | a=[0 b=4 last=- | a=[1 b=6 last=-"},
           {"as many marks, other containers", R"([{"a":[1,2],"b":2},{"a":[[3]],"b":3},{"a":{"b":4},"b":5}])",
            "a=[2 b=2 last=- | a=[1 b=3 last=- | a={1 b=5 last=-"},
           {"a member of an inner object is none", R"([{"x":{"a":1},"b":2},{"x":{"a":3},"b":4}])",
            "a=- b=2 last=- | a=- b=4 last=-"},
           {"no object among objects", R"([{"a":1},7,{"a":2},[{"a":3}],{"a":4},"a",null])",
            "a=1 b=- last=- | a=- b=- last=- | a=2 b=- last=- | a=- b=- last=- | a=4 b=- last=- | a=- b=- last=- | "
            "a=- b=- last=-"},
           {"escaped names and texts", R"([{"a":"1","b":"x"},{"\u0061":"2\n","b":"\""},{"a":"3","b":"y"}])",
            "a=1 b=x last=- | a=2\n b=\" last=- | a=3 b=y last=-"},
           {"a name that ends with a quote", R"([{"a\"":1,"a":2},{"a\"":3,"a":4}])", "a=2 b=- last=- | a=4 b=- last=-"},
           {"blanks", "[ {\"a\" : 1 , \"b\":\t\"2\" }\n,\r\n {\"a\":  3,\"b\" :\"4\"  }  ] ",
            "a=1 b=2 last=- | a=3 b=4 last=-"},
           {"many shapes", R"([{"a":1},{"b":2},{"last":3},{"a":4},{"b":5},{"last":6}])",
            "a=1 b=- last=- | a=- b=2 last=- | a=- b=- last=3 | a=4 b=- last=- | a=- b=5 last=- | a=- b=- last=6"},
           {"names that begin alike", R"([{"las":1,"lastly":2,"last":3},{"lastly":4,"las":5,"last":6}])",
            "a=- b=- last=3 | a=- b=- last=6"},
           {"rows below members", R"({"x":{"a":1},"y":{"a":2}})", "a=1 b=- last=- | a=2 b=- last=-"},
       }) {
    EXPECT_EQ(read(Document(bytes)), expected) << what;
  }
}

TEST(Table, ARowThatIsBrokenIsFoundThoughTheRowBeforeWasNot) {
  const std::string good = R"({"rows":[{"a":1,"bb":"x","c":[2]},{"a":1,"bb":"x","c":[2]}],"n":[{"a":1},{"a":2}]})";
  ASSERT_TRUE(Document(good));
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(Document(std::string_view(good).substr(0, length))) << length;
  for (const char* tail : {" x", "}", "]", ",", "{}", "[1]", "\"", "1", ":"})
    EXPECT_FALSE(Document(good + tail)) << tail;
  EXPECT_TRUE(Document(good + " \n"));
  // Each mark taken out, doubled, or another in its place: another reader says what is still JSON.
  for (std::size_t at = 0; at < good.size(); ++at) {
    if (std::string_view("{}[],:\"").find(good[at]) == std::string_view::npos) continue;
    auto out = good;
    out.erase(at, 1);
    EXPECT_EQ(static_cast<bool>(Document(out)), nlohmann::json::accept(out)) << out;
    for (const char other : std::string_view("{}[],:\"")) {
      auto changed = good;
      changed[at] = other;
      EXPECT_EQ(static_cast<bool>(Document(changed)), nlohmann::json::accept(changed)) << changed;
      changed.insert(at, 1, good[at]);
      EXPECT_EQ(static_cast<bool>(Document(changed)), nlohmann::json::accept(changed)) << changed;
    }
  }
}

TEST(Table, DepthIsLimitedInEveryRow) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  const auto table = [&](int depth) { return R"([{"a":1},{"a":)" + nested(depth) + "}]"; };
  EXPECT_TRUE(Document(table(json_depth_max - 2)));
  const Document deep(table(json_depth_max - 1));
  ASSERT_FALSE(deep);
  EXPECT_NE(deep.error().cause.find("nested too deeply"), std::string::npos) << deep.error().cause;
}

TEST(Table, ContainersHaveALimit) {
  const auto many = [](std::size_t count) {
    std::string out = "[{}";
    while (--count > 0) out += ",{}";
    return out + "]";
  };
  EXPECT_TRUE(Document(many(json_containers_max - 1)));
  EXPECT_FALSE(Document(many(json_containers_max)));
  std::string rows = R"([{"a":1})";
  for (std::size_t count = 1; count < json_containers_max; ++count) rows += R"(,{"a":1})";
  EXPECT_FALSE(Document(rows + "]"));
}

TEST(Table, NothingOfOneDocumentIsFoundInTheNext) {
  Json json;
  for (int round = 0; round < 3; ++round) {
    const auto first = json.read(R"([{"a":1,"b":2},{"a":3,"b":4}])", "test");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->at(1)["b"].text(), "4");
    EXPECT_FALSE(first->at(1)["c"].present());
    const auto second = json.read(R"([{"b":5,"c":6},{"b":7,"c":8}])", "test");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->at(1)["b"].text(), "7");
    EXPECT_EQ(second->at(1)["c"].text(), "8");
    EXPECT_FALSE(second->at(1)["a"].present());
    EXPECT_FALSE(json.read(R"([{"a":1,)", "test"));
    const auto third = json.read(R"({"a":"\u0062"})", "test");
    ASSERT_TRUE(third);
    EXPECT_EQ((*third)["a"].text(), "b");
  }
}

TEST(Table, ElementsAreFoundByPositionAmongContainersToo) {
  const Document json(R"([[1,"2",3.5],[[1],{"x":2},3,[]],[],{"k":[7]}])");
  ASSERT_TRUE(json);
  const Value root = json.root();
  EXPECT_EQ(root.at(0).at(2).text(), "3.5");
  EXPECT_EQ(root.at(1).at(1)["x"].text(), "2");
  EXPECT_EQ(root.at(1).at(2).text(), "3");
  EXPECT_TRUE(root.at(1).at(3).is_array());
  EXPECT_FALSE(root.at(1).at(4).present());
  EXPECT_EQ(root.at(2).size(), 0U);
  EXPECT_EQ(root.at(3)["k"].at(0).text(), "7");
  EXPECT_EQ((*root.at(3).begin()).key(), "k");
  EXPECT_EQ(root.at(0).key(), "");
}

/// One row: names (with duplicates) and raw values, and what the first of each name is.
struct RandomRow {
  std::vector<std::pair<std::string, std::string>> members;
  [[nodiscard]] std::string first(std::string_view name) const {
    for (const auto& [key, value] : members)
      if (key == name) return value;
    return "-";
  }
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t end) { return random_() % end; }
  std::string value(int depth) {
    static constexpr std::array<std::string_view, 6> plain{"1", "-2.5", "\"text\"", "null", "true", "\"\""};
    if (depth > 2 || below(5) != 0) return std::string(plain.at(below(plain.size())));
    std::string out = below(2) == 0 ? "[" : "{";
    const bool object = out == "{";
    for (auto left = below(3); left > 0; --left) {
      if (out.size() > 1) out += ',';
      out += (object ? "\"" + std::to_string(left) + "\":" : "") + value(depth + 1);
    }
    return out + (object ? "}" : "]");
  }
  RandomRow row() {
    static constexpr std::array<std::string_view, 4> names{"a", "b", "last", "lastPrice"};
    RandomRow out;
    for (auto left = below(5); left > 0; --left) out.members.emplace_back(names.at(below(names.size())), value(0));
    return out;
  }
  std::string blank() { return below(40) == 0 ? " \n" : ""; }

 private:
  std::mt19937 random_;
};

void expect_said(Value found, const std::string& written) {
  EXPECT_EQ(found.present(), written != "-");
  if (!found.present() || written == "-") return;
  const auto parsed = nlohmann::json::parse(written);
  EXPECT_EQ(found.is_object() || found.is_array(), parsed.is_structured());
  EXPECT_EQ(found.size(), parsed.is_structured() ? parsed.size() : 0);
  const bool named = parsed.is_number() || parsed.is_boolean();
  EXPECT_EQ(found.text(), parsed.is_string() ? parsed.get<std::string>() : named ? written : "");
}

TEST(Table, RandomTablesAreReadAsTheyWereWritten) {
  Json json;
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    Maker maker(seed);
    std::vector<RandomRow> rows;
    std::string text = "[";
    for (auto left = maker.below(12); left > 0; --left) {
      // Mostly the row before again: that is what tables are.
      rows.push_back(rows.empty() || maker.below(3) == 0 ? maker.row() : rows.back());
      text += (text.size() > 1 ? "," : "") + maker.blank() + "{";
      for (const auto& [key, value] : rows.back().members)
        text += (text.ends_with('{') ? "\"" : ",\"") + key + "\"" + maker.blank() + ":" + value + maker.blank();
      text += "}";
    }
    text += "]";
    const auto root = json.read(text, "test");
    ASSERT_TRUE(root) << text;
    ASSERT_EQ(root->size(), rows.size()) << text;
    std::size_t at = 0;
    for (const Value row : *root) {
      const auto& expected = rows[at++];
      for (const auto& [name, found] : {std::pair(std::string_view("a"), row["a"]),
                                        {"b", row["b"]},
                                        {"last", row["last"]},
                                        {"lastPrice", row["lastPrice"]},
                                        {"no", row["no"]}}) {
        expect_said(found, expected.first(name));
      }
      if (HasFailure()) FAIL() << text;
    }
  }
}

TEST(Json, ErrorsAreWordsForPeople) {
  for (const auto& [bytes, words] : {std::pair("7", "the answer is no JSON object or array (byte 1 of 1)"),
                                     {"\"text\"", "the answer is no JSON object or array (byte 1 of 6)"},
                                     {"<html>]", "the answer is no JSON object or array (byte 1 of 7)"},
                                     {"", "the answer is empty"},
                                     {"[1,2", "the answer is cut off, or goes on after its end (byte 4 of 4)"},
                                     {"[\"a", "the JSON is cut off within a string"},
                                     {"[1]]", "the answer goes on after its end (byte 4 of 4)"},
                                     {"[\"\xFF\"]", "the answer is no UTF-8 text"},
                                     {"[{]}", "the answer is broken: the name of a member is missing (byte 3 of 4)"},
                                     {"{\"a\"}", "the answer is broken: a colon is missing (byte 5 of 5)"},
                                     {"[1 2]", "the answer is broken: a comma or a bracket is missing (byte 4 of 5)"},
                                     {"[[1]", "the answer is cut off (byte 4 of 4)"}}) {
    const Document document(bytes);
    ASSERT_FALSE(document) << bytes;
    EXPECT_EQ(document.error().cause, words) << bytes;
  }
}

}  // namespace table_test
}  // namespace exchange
