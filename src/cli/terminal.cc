#include "cli/terminal.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace taut::cli {

bool colours() {
  static const bool on = [] {
    const char* force = std::getenv("CLICOLOR_FORCE");
    if (force != nullptr && std::string_view(force) == "1") return true;
    return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  }();
  return on;
}

bool interactive() { return isatty(STDERR_FILENO) == 1; }

std::string ink(Ink ink, std::string_view text) {
  if (!colours() || ink == Ink::kPlain) return std::string(text);
  int code = 0;
  switch (ink) {
    case Ink::kPlain: break;
    case Ink::kBold: code = 1; break;
    case Ink::kDim: code = 2; break;
    case Ink::kGreen: code = 32; break;
    case Ink::kRed: code = 31; break;
    case Ink::kYellow: code = 33; break;
    case Ink::kBlue: code = 36; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void print_error(std::string_view message) {
  std::fflush(stdout);
  fmt::print(stderr, "error: {}\n", message);
}

void print_error(const Error& error) { print_error(error.report()); }

namespace {

// Cells on the screen: UTF-8 continuation bytes and colour sequences take none.
size_t width_of(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.size(), text.find('m', i));
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++width;
    }
  }
  return width;
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 3, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace taut::cli
