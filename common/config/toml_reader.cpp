#include "common/config/toml_reader.hpp"

#include <toml++/toml.h>

#include "common/base/utf8.hpp"

namespace config {
namespace {

class Converter {
 public:
  Converter(const std::string& file_name, std::size_t layer) : file_name_(file_name), layer_(layer) {}

  [[nodiscard]] Origin at(const toml::source_position& position) const {
    return {Origin::Kind::file, layer_, position.line, position.column, file_name_};
  }

  [[nodiscard]] Node convert(const toml::node& from, const Origin& origin) const {
    Node node;
    node.origin = origin;
    if (const auto* table = from.as_table()) {
      node.kind = Node::Kind::table;
      for (const auto& [key, value] : *table) node.table.emplace(key.str(), convert(value, at(key.source().begin)));
    } else if (const auto* list = from.as_array()) {
      node.kind = Node::Kind::list;
      for (const auto& value : *list) node.list.push_back(convert(value, at(value.source().begin)));
    } else if (const auto* boolean = from.as_boolean()) {
      node.kind = Node::Kind::boolean;
      node.boolean = boolean->get();
    } else if (const auto* integer = from.as_integer()) {
      node.kind = Node::Kind::integer;
      node.integer = integer->get();
    } else if (const auto* number = from.as_floating_point()) {
      node.kind = Node::Kind::number;
      node.number = number->get();
    } else if (const auto* text = from.as_string()) {
      node.kind = Node::Kind::text;
      node.text = text->get();
    } else {
      node.kind = Node::Kind::date;
    }
    return node;
  }

 private:
  const std::string& file_name_;
  std::size_t layer_;
};

}  // namespace

Node read_toml(std::string_view text, const std::string& file_name, std::size_t layer, Problems& problems) {
  const Converter converter(file_name, layer);
  const Origin whole_file{Origin::Kind::file, layer, 0, 0, file_name};
  try {
    const toml::table table = toml::parse(text, std::string_view(file_name));
    return converter.convert(table, whole_file);
  } catch (const toml::parse_error& error) {
    problems.push_back(
        {converter.at(error.source().begin), "", "no valid TOML: " + base::clean_utf8(error.description()), ""});
  }
  Node empty;
  empty.origin = whole_file;
  return empty;
}

}  // namespace config
