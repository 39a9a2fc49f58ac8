// The text of a YAML stream as UTF-8: byte order marks are dropped, UTF-16 is converted, and the first
// character that YAML forbids is found. As in go-yaml, such a character is an error only once it is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taut::yaml {

class Input {
 public:
  // `text` must outlive the Input.
  explicit Input(std::string_view text);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  std::string_view text() const { return text_; }
  // Where reading starts: behind a byte order mark.
  size_t begin() const { return begin_; }
  // Where reading must stop: the end, or the start of the buffer that holds the forbidden character.
  size_t end() const { return end_; }
  // Why reading stops before the end: "control characters are not allowed"; empty when it does not.
  std::string_view problem() const { return problem_; }
  // True when all is well and every line ends with a line feed alone.
  bool simple() const { return simple_; }

 private:
  void convert_utf16(bool little_endian);
  void validate();

  std::string_view text_;
  std::string converted_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string_view problem_;
  bool simple_ = true;
};

}  // namespace taut::yaml
