// JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12, with the failures of santhosh-tekuri/jsonschema v6, which Helm
// uses for values.schema.json.
//
//   TAUT_ASSIGN(Schema schema, Schema::compile(document));
//   if (auto failure = schema.check(values)) print(failure->text());
//
// A schema is first checked against the metaschema of its draft. References lead within the document and to the
// metaschemas; nothing is loaded from elsewhere. `format` is checked up to draft 7.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::jsonschema {

// Why a value is not what a schema asks for: a tree.
struct Failure {
  enum class Role : uint8_t { kPlain, kSchema, kGroup, kReference };
  Role role = Role::kPlain;
  std::vector<std::string> location;  // of the value: the steps of a JSON pointer
  std::string message;                // "got number, want string"
  std::vector<Failure> causes;

  // Several lines: the message, then "- at '/a/b': got number, want string" for each cause, indented.
  std::string text() const;
};

class Library;
struct Node;

// Immutable and shared; copies are cheap. Thread-safe.
class Schema {
 public:
  // The URL by which a document calls itself in messages; relative references are resolved against it.
  static constexpr std::string_view kUrl = "file:///values.schema.json";

  // kInvalid in the library's words: "\"file:///values.schema.json#\" is not valid against metaschema: ...";
  // kUnsupported for a reference that leads elsewhere.
  static Result<Schema> compile(const Value& document);
  // Nothing when the value is as the schema wants it. Numbers that are doubles count as integers when they are whole.
  std::optional<Failure> check(const Value& value) const;

 private:
  Schema(std::shared_ptr<const Library> library, const Node* root) : library_(std::move(library)), root_(root) {}
  std::shared_ptr<const Library> library_;
  const Node* root_;
};

}  // namespace taut::jsonschema
