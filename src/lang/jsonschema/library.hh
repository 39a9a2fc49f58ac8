// The documents that references may lead to, and the schemas compiled from them.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "lang/jsonschema/node.hh"
#include "value/value.hh"

namespace taut::jsonschema {

// A part of a document that has an address of its own ("$id"), and its anchors.
struct Resource {
  std::string url;
  std::string pointer;
  int draft = 2020;
  std::map<std::string, std::string, std::less<>> anchors;  // to pointers
  std::vector<std::string> dynamic_anchors;
  // Filled by the compiler.
  std::map<std::string, const Node*, std::less<>> dynamic_nodes;
  const Node* node = nullptr;
};

// A document with its resources by their pointers; "" is the whole.
struct Root {
  std::string url;
  Value document;
  std::map<std::string, Resource> resources;

  Resource& resource_at(std::string_view pointer);
};

// A place in a document.
struct Address {
  Root* root = nullptr;
  std::string pointer;
};

class Library {
 public:
  // `base` (may be null) holds documents that this one may refer to; it must outlive the library.
  explicit Library(const Library* base) : base_(base) {}
  Library(const Library&) = delete;

  // kUnsupported for a draft that is not known.
  Status add(std::string url, Value document);
  // Compiles the schema at an address with all that it leads to.
  Result<const Node*> compile(const std::string& url, const std::string& pointer, bool assert_format);

 private:
  friend class Compiler;
  Root* find_root(std::string_view url) const;
  Status collect(Root& root, const Value& schema, const std::string& pointer, const std::string& base_url,
                 int draft);
  void collect_anchors(Resource& resource, const Value& schema, const std::string& pointer);
  Status collect_children(Root& root, const Value& schema, const std::string& pointer, const std::string& base_url,
                          int draft);

  const Library* base_;
  std::map<std::string, std::unique_ptr<Root>, std::less<>> roots_;
  std::deque<Node> nodes_;
  std::map<std::string, Node*> by_address_;
};

// The metaschemas of all drafts, compiled once.
const Library& metaschemas();
// The compiled metaschema of a draft.
const Node* metaschema(int draft);

// The draft that a URL of "$schema" names, or 0.
int draft_of(std::string_view url);
std::string_view draft_url(int draft);
// A reference against the URL that it stands in (without fragments).
std::string join_url(std::string_view base, std::string_view reference);

}  // namespace taut::jsonschema
