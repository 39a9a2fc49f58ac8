// What taut makes of YAML files, in the form that main.go prints for Go's libraries.
#include <fstream>
#include <iostream>
#include <sstream>

#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace {

using taut::Document;
using taut::Result;
using taut::Value;
using taut::YamlOptions;

Value reading(const Result<std::vector<Document>>& documents) {
  Value out = Value::map({{"error", ""}, {"json", nullptr}});
  if (!documents) {
    out.set("error", documents.error().message());
    return out;
  }
  for (const Document& document : *documents)
    out.edit("json").push_back(taut::to_json(document.root, {.escape_html = true}));
  return out;
}

Value record(const std::string& name, const std::string& text) {
  Value out;
  out.set("file", name);
  auto parts = taut::parse_yaml(text, {.split = taut::YamlSplit::kKubernetes});
  out.set("kubernetes", reading(parts));
  out.set("yaml", nullptr);
  if (parts)
    for (const Document& part : *parts) out.edit("yaml").push_back(taut::to_yaml(part.root));
  auto first = taut::parse_yaml_document(text, {.reject_duplicate_keys = false});
  if (first) {
    std::vector<Document> one;
    one.push_back(std::move(*first));
    out.set("first", reading(one));
  } else {
    out.set("first", reading(tl::unexpected(first.error())));
  }
  out.set("v3", reading(taut::parse_yaml(text, {.schema = taut::Schema::kGoV3})));
  return out;
}

}  // namespace

int main() {
  std::string name;
  while (std::getline(std::cin, name)) {
    std::ifstream file(name, std::ios::binary);
    if (!file) {
      std::cerr << "cannot read " << name << "\n";
      return 1;
    }
    std::stringstream text;
    text << file.rdbuf();
    std::cout << taut::to_json(record(name, text.str())) << "\n";
  }
}
