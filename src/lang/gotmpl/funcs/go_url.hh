// URLs as Go's net/url parses and writes them (1.25): opaque and relative ones too, parts decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::gotmpl {

struct GoUserinfo {
  std::string name;
  std::optional<std::string> password;
  std::string to_string() const;
};

struct GoUrl {
  std::string scheme, opaque;
  std::optional<GoUserinfo> user;
  std::string host;  // with the port
  std::string path, raw_path;
  std::string query;  // as it was written
  std::string fragment, raw_fragment;
  bool force_query = false;  // ends in "?"
  bool omit_host = false;    // "scheme:/path"

  // kInvalid in Go's words: `parse "%zz": invalid URL escape "%zz"`.
  static Result<GoUrl> parse(std::string_view text);
  std::string to_string() const;
  // The host without its port and brackets.
  std::string_view hostname() const;
};

}  // namespace taut::gotmpl
