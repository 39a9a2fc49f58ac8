#include "cli/story.hh"

#include <fmt/format.h>

#include <cstdio>

#include "cli/terminal.hh"

namespace taut::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kHead = 13;

void line(const std::string& text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

size_t cells(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace

std::string show_duration(Duration duration) {
  double seconds = std::chrono::duration<double>(duration).count();
  return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.2f} s", seconds);
}

void Story::title(std::string_view text) const { line(ink(Ink::kBold, text) + "\n"); }

void Story::chapter(std::string_view text) {
  ++chapter_;
  line(fmt::format("\n{}  {}", ink(Ink::kBlue, std::to_string(chapter_)), ink(Ink::kBold, text)));
}

void Story::fact(std::string_view head, std::string_view text, Duration took) const {
  std::string out = "   " + ink(Ink::kGreen, head);
  out.append(cells(head) < kHead ? kHead - cells(head) : 1, ' ');
  out += text;
  if (took.count() != 0) {
    std::string time = show_duration(took);
    size_t used = 3 + std::max(cells(head) + 1, kHead) + cells(text) + cells(time);
    out.append(used < kWidth ? kWidth - used : 2, ' ');
    out += ink(Ink::kBold, time);
  }
  line(out);
}

void Story::command(std::string_view text) const { line("   " + ink(Ink::kDim, "$ " + std::string(text))); }

void Story::change(std::string_view object, std::string_view path, std::string_view before,
                   std::string_view after) const {
  line(fmt::format("   {} {}  {}", ink(Ink::kYellow, "~"), object, ink(Ink::kDim, path)));
  line(fmt::format("       {} {} {}", ink(Ink::kRed, before), ink(Ink::kDim, "→"), ink(Ink::kGreen, after)));
}

void Story::note(std::string_view text) const { line("   " + ink(Ink::kDim, text)); }

}  // namespace taut::cli
