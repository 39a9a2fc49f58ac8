// What went wrong, as a value: a code, a sentence, where, while doing what, and what to try.
//
// An Error is cheap to copy and never empty. The sentence (`message`) is written in the words of the tool that
// people know; `trace` lists what was being done, innermost first; `hint` is one imperative sentence or empty.
// Secrets must never be put into any part of an Error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taut {

enum class Code : uint8_t {
  kInvalid,          // the input is wrong; trying again with the same input cannot help
  kNotFound,         // the thing named is not there
  kAlreadyExists,    // the thing to be created is there
  kConflict,         // somebody else changed or owns it
  kForbidden,        // known, but not allowed
  kUnauthenticated,  // credentials missing or refused
  kUnavailable,      // the other side cannot be reached or is overloaded; try again later
  kTimeout,          // no answer in time
  kCancelled,        // given up on request
  kLimit,            // a limit of size, depth or count was passed
  kUnsupported,      // understood, but taut does not do it
  kGone,             // the revision asked for is no longer held (HTTP 410)
  kInternal,         // a fault in taut itself
};

// The name of a code as it is logged: "invalid", "not found", ...
std::string_view code_name(Code code);

// A place in an input. Zero line means unknown; `path` is a field path such as `.spec.template`.
struct Position {
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string path;

  bool known() const { return !file.empty() || line != 0 || !path.empty(); }
  // "file:line:column", leaving out what is unknown; the field path is not part of it.
  std::string to_string() const;
  bool operator==(const Position&) const = default;
};

class Error {
 public:
  Error(Code code, std::string message);

  Code code() const { return data_->code; }
  const std::string& message() const { return data_->message; }
  const Position& position() const { return data_->position; }
  const std::vector<std::string>& trace() const { return data_->trace; }
  const std::string& hint() const { return data_->hint; }

  // Each returns the Error with one thing more; to be chained where an error passes through.
  Error&& at(Position position) &&;
  Error&& while_doing(std::string what) &&;
  Error&& with_hint(std::string hint) &&;
  Error&& with_message(std::string message) &&;

  // True for the codes that a later attempt with the same input may overcome.
  bool transient() const;

  // One line: "file:line:col: message". The trace and the hint are left to `report`.
  std::string to_string() const;
  // Several lines for a terminal: the sentence, the trace indented, the hint.
  std::string report() const;

 private:
  struct Data {
    Code code;
    std::string message;
    Position position;
    std::vector<std::string> trace;
    std::string hint;
  };
  Data& edit();
  std::shared_ptr<Data> data_;
};

}  // namespace taut
