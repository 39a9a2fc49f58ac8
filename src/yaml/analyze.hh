// In which styles a text may be written: libyaml's analysis of scalars, as go-yaml v2 has it.
#pragma once

#include <string_view>

#include "yaml/schema.hh"

namespace taut::yaml {

enum class WriteStyle : unsigned char { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral };

struct Analysis {
  bool multiline = false;
  bool plain_allowed = true;
  bool single_quoted_allowed = true;
  bool literal_allowed = true;
};

// v3 lets tabs stand in literal blocks.
Analysis analyze(std::string_view text, Schema schema = Schema::kGo11);

// The style go-yaml takes for a string. `simple_key`: as a mapping key on the line of its value.
WriteStyle choose_style(std::string_view text, const Analysis& analysis, bool simple_key,
                        Schema schema = Schema::kGo11);

// Whether a text is a word of letters, digits and "_-./" that is written plain: the common case, told at once. False
// says nothing.
bool is_plain_word(std::string_view text, Schema schema = Schema::kGo11);

// Whether libyaml prints the character at `i` as it is.
bool is_printable(std::string_view text, size_t i);

}  // namespace taut::yaml
