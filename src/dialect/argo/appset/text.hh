// The two template languages of an ApplicationSet, on one string (applicationset/utils, Argo CD 3.5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo::appset {

struct Language {
  bool go_template = false;          // Go's templates with Sprig; else {{name}} is replaced and nothing else
  std::vector<std::string> options;  // goTemplateOptions: "missingkey=error", ...

  // Of `spec.goTemplate` and `spec.goTemplateOptions`.
  static Language of(const Value& application_set);
};

// The text with its parameters filled in. Tags that name no text parameter stay as they are where Go's language is not
// used. kInvalid in Argo CD's words: "failed to execute go template ...: template: base:1:7: ...".
Result<std::string> fill(std::string_view text, const Value& parameters, const Language& language);

// Every text in the document, keys of maps too. Null entries of maps are left out, as a typed object has none.
Result<Value> fill_all(const Value& document, const Value& parameters, const Language& language);

// A name as Kubernetes takes it: lower case, letters, digits, "-" and ".", at most 253, no "-" or "." at the ends.
std::string normalized_name(std::string_view name);

// github.com/gosimple/slug: in lower case, runs of anything but letters and digits are one "-"; longer than `longest`
// it is cut, at whole words if wished.
std::string slug_of(std::string_view text, size_t longest, bool whole_words);

}  // namespace taut::argo::appset
