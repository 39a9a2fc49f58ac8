// Resource: one object on its way through a build, with what kustomize remembers of it.
//
// How scalars are held. kustomize works on YAML nodes and prints: node -> Go JSON -> go-yaml v2. Here `object` is a
// Value read with YamlOptions::keep_spelling (yaml/spelling.hh): text is text, whatever quotes it had; numbers,
// booleans and dates are ordinary Values when their text is what JSON writes, else *spelled* Values ("0644", "1.10",
// "2024-01-01", "True", "!!binary ..."). So:
//   - compare, move and replace whole Values freely;
//   - to read a scalar's text use yaml::scalar_text(value), never as_string(), unless it is known to be text
//     (kind, apiVersion and names are read through the functions below);
//   - to write text into a scalar that keeps its type (replacements) use
//     yaml::make_scalar(yaml::scalar_type(old), text); to write text as text, Value(text);
//   - nulls are plain nulls, however they were written.
// Only output settles them (Resource::settled), where text that does not fit its type is the error.
//
// What upstream keeps in internal annotations (internal.config.kubernetes.io/...) are fields here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "kustomize/resid.hh"
#include "kustomize/schema.hh"
#include "value/value.hh"

namespace taut::kustomize {

struct Trail;

enum class Behavior : uint8_t { kUnspecified, kCreate, kReplace, kMerge };
std::string_view behavior_name(Behavior behavior);      // "unspecified", "create", ...
Behavior parse_behavior(std::string_view text);         // what is not known is kUnspecified

struct PreviousId {
  std::string ns;  // effective
  std::string name;
  std::string kind;
};

// Where a resource comes from, as the annotation config.kubernetes.io/origin has it.
struct Origin {
  std::string path;  // of the file, from the folder that is built
  std::string repo, ref;
  std::string configured_in;        // file of the generator or transformer
  Gvk configured_by;                // and its reference
  std::string configured_by_name, configured_by_ns;
};

struct Resource {
  Value object;
  std::string file;   // in the tree; "" for what is generated
  uint32_t line = 0;  // of the object's first key in it

  std::vector<PreviousId> previous;  // oldest first
  std::vector<std::string> prefixes, suffixes;
  std::vector<std::string> referred_by;  // ids as text
  std::vector<std::string> var_names;    // vars that refer to it
  Behavior behavior = Behavior::kUnspecified;
  bool needs_hash = false;
  bool allow_name_change = false;  // of a patch
  bool allow_kind_change = false;
  bool helm_generated = false;
  std::optional<Origin> origin;
  std::vector<Origin> transformations;
  std::shared_ptr<const Trail> trail;  // what happened to it, when a build is traced
  const Schema* schema = &Schema::builtin();  // in use for the whole build
  // The order of keys as they were written matters to nothing but the hash of unusual kinds; see hasher.hh.

  // As text; "" when missing or no scalar.
  std::string kind() const;
  std::string api_version() const;
  std::string name() const;
  std::string ns() const;
  Gvk gvk() const;
  void set_kind(std::string_view kind);
  void set_name(std::string_view name);
  // "" drops the field.
  void set_namespace(std::string_view ns);
  void set_gvk(const Gvk& gvk);

  ResId current_id() const;
  // The first of the previous ids, or the current one.
  ResId original_id() const;
  std::vector<ResId> previous_ids() const;
  // previous_ids() and current_id().
  std::vector<ResId> all_ids() const;
  void store_previous_id();

  // Values as text; "" where missing. Lists and maps have no text.
  std::string label(std::string_view key) const;
  std::string annotation(std::string_view key) const;
  // All labels or annotations with their values as text, as a Value map of strings; an empty map when missing.
  Value labels() const;
  Value annotations() const;
  // Replaces the whole field; an empty map removes it.
  void set_labels(const Value& labels);
  void set_annotations(const Value& annotations);

  // True for null and {}: an object that a patch has deleted.
  bool empty() const;

  // What is printed: nothing spelled, without build annotations. The error is that of upstream's output.
  Result<Value> settled() const;
  // As JSON on one line, as messages have it.
  std::string json() const;
  // The same with upstream's build annotations.
  std::string json_with_history() const;
};

// A map with its scalars as text; lists and maps have none.
Value text_map(const Value& map);

// Both end the same way as far as the shorter goes; an empty one equals only an empty one.
bool same_ending(const std::vector<std::string>& a, const std::vector<std::string>& b);
// Whether both went through the same prefixes and suffixes. `lenient`: none at all goes with any.
bool same_affixes(const Resource& a, const Resource& b, bool lenient);

}  // namespace taut::kustomize
