// Makes Nodes of the schemas in a Library's documents.
#pragma once

#include "lang/jsonschema/library.hh"

namespace taut::jsonschema {

class Compiler {
 public:
  Compiler(Library& library, bool assert_format) : library_(library), assert_format_(assert_format) {}

  // The node of an address; compiled with all that it leads to unless it is there already.
  Result<const Node*> compile(const Address& address);

 private:
  Status fill(const Address& address, const Value& schema, Node& node);
  Status fill_references(const Address& address, const Value& schema, Node& node);
  Status fill_combinations(const Address& address, const Value& schema, Node& node);
  Status fill_object(const Address& address, const Value& schema, Node& node);
  Status fill_dependencies(const Address& address, const Value& schema, Node& node);
  Status fill_array(const Address& address, const Value& schema, Node& node);
  Status fill_assertions(const Address& address, const Value& schema, Node& node);
  void fill_limits(const Value& schema, Node& node);
  Status fill_dynamic_anchors(const Address& address, Resource& resource);

  // Each compiles what a keyword holds, if it is there.
  Status one(const Address& address, const Value& schema, std::string_view keyword, const Node*& out);
  Status many(const Address& address, const Value& schema, std::string_view keyword, std::vector<const Node*>& out);
  Status named(const Address& address, const Value& schema, std::string_view keyword, Named& out);
  Status additional(const Address& address, const Value& schema, std::string_view keyword, Additional& out);
  Status reference(const Address& address, const Value& schema, std::string_view keyword, const Node*& out);
  Result<Address> resolve(const Address& from, std::string_view reference);
  Result<Pattern> pattern(const Address& address, std::string_view keyword, std::string_view text);

  Library& library_;
  bool assert_format_;
  size_t depth_ = 0;
};

}  // namespace taut::jsonschema
