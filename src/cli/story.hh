// The demo's voice: numbered chapters, what was done, what was seen, and the seconds it took.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hh"

namespace taut::cli {

class Story {
 public:
  void title(std::string_view text) const;
  void chapter(std::string_view text);
  // One line of fact, with the time it took at the right when there is one.
  void fact(std::string_view head, std::string_view text, Duration took = {}) const;
  void command(std::string_view line) const;
  // A field that changes.
  void change(std::string_view object, std::string_view path, std::string_view before, std::string_view after) const;
  void note(std::string_view text) const;

 private:
  int chapter_ = 0;
};

// "38 ms", "1.42 s".
std::string show_duration(Duration duration);

}  // namespace taut::cli
