// What goes to the terminal: colours only where a person reads them, errors in one form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace taut::cli {

// True when standard output is a terminal and NO_COLOR is not set.
bool colours();
// True when standard error is a terminal: progress may be drawn there.
bool interactive();

enum class Ink { kPlain, kBold, kDim, kGreen, kRed, kYellow, kBlue };
// The text in that ink where colours() holds, as it is otherwise.
std::string ink(Ink ink, std::string_view text);

// "error: ..." on standard error.
void print_error(std::string_view message);
void print_error(const Error& error);

// Columns padded to the widest cell and three blanks between, as kubectl prints; rows need not be equally long.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace taut::cli
