// Command-line flags with the manners of kubectl's (Go's pflag): --name=value, --name value, -o json, -ojson,
// --switch, --switch=false, `--` ends the flags, flags and arguments in any order.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"

namespace taut::cli {

class Flags {
 public:
  using Target = std::variant<bool*, int*, double*, Duration*, std::string*, std::vector<std::string>*>;

  struct Flag {
    std::string_view name;
    char short_name;  // 0: none
    std::string_view value_name;  // how the help calls the value: "FILE"; empty for switches
    std::string_view help;
    Target target;
    std::vector<std::string_view> choices;  // when not empty, the only values taken; also for completion
    std::string_view alone = {};  // when not empty: the value that the flag without one stands for; others need "="
  };

  // The value in `target` at this time is the default that the help shows. A vector collects repeats.
  void add(std::string_view name, char short_name, std::string_view value_name, std::string_view help, Target target,
           std::vector<std::string_view> choices = {});
  // The last flag may stand alone, as pflag's NoOptDefVal: --wait is --wait=watcher.
  void alone_means(std::string_view value) { flags_.back().alone = value; }
  // The arguments left over. Errors are pflag's: "unknown flag: --x", "flag needs an argument: --x",
  // "invalid argument ...".
  Result<std::vector<std::string>> parse(const std::vector<std::string>& arguments);
  // The table of flags for the help text; empty without flags.
  std::string help() const;
  const std::vector<Flag>& all() const { return flags_; }

 private:
  const Flag* find(std::string_view name) const;
  const Flag* find(char short_name) const;
  Status set(const Flag& flag, std::string_view shown, const std::string& value);
  Status parse_long(const std::vector<std::string>& arguments, size_t& i);
  Status parse_short(const std::vector<std::string>& arguments, size_t& i);

  std::vector<Flag> flags_;
  std::vector<std::string> defaults_;  // as shown, one for each flag
};

}  // namespace taut::cli
