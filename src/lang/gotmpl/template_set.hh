// Parsed templates and the sets in which they call each other.
//
// A text is parsed once into a Parsed, which is immutable and may be used by any number of sets, renders and threads.
// A TemplateSet holds templates by name; an overlay on a set adds to it and leaves the set as it is, at the cost of
// what is added.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hh"
#include "lang/gotmpl/function.hh"

namespace taut::gotmpl {

class Template;  // compiled, see program.hh
struct Parsed;

// Parses a text as the template `name`, with all templates that it defines. `functions` must outlive what is parsed.
// kInvalid in Go's words: "template: NAME:LINE: unexpected ...".
Result<std::shared_ptr<const Parsed>> parse(std::string_view name, std::string_view text,
                                            const FunctionTable& functions);
// The same without a copy of the text, which stays shared.
Result<std::shared_ptr<const Parsed>> parse_shared(std::string_view name, std::shared_ptr<const std::string> text,
                                                   const FunctionTable& functions);

class TemplateSet {
 public:
  explicit TemplateSet(const FunctionTable& functions) : functions_(&functions) {}
  // An overlay. The base must outlive it and not change any more.
  explicit TemplateSet(const TemplateSet* base) : functions_(base->functions_), base_(base) {}

  // Adds what a text defines, then the text itself under its name. As in Go, a template that is there already is
  // replaced, unless the new one is empty but for white space and comments. kInvalid as from `parse`.
  Status parse(std::string_view name, std::string_view text);
  void add(std::shared_ptr<const Parsed> parsed);

  // The template, or nullptr.
  const Template* find(std::string_view name) const;
  const FunctionTable& functions() const { return *functions_; }

 private:
  const FunctionTable* functions_;
  const TemplateSet* base_ = nullptr;
  std::unordered_map<std::string_view, const Template*> templates_;
  std::vector<std::shared_ptr<const Parsed>> parsed_;
};

}  // namespace taut::gotmpl
