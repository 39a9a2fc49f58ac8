// One render: runs templates of a set on data and gives text.
//
// Thread-safety: an Execution and its Heap are used by one thread; any number of them may share a TemplateSet.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hh"
#include "base/time.hh"
#include "base/time_zone.hh"
#include "lang/gotmpl/template_set.hh"

namespace taut::gotmpl {

// What functions may ask the world for. An empty function means that there is no such thing.
struct Environment {
  std::function<Time()> now;
  TimeZone zone;  // Go's time.Local
  std::function<void(std::span<uint8_t>)> random;
  // The object, a list if no name is given, or null if there is none. Empty: offline, every lookup finds nothing.
  std::function<Result<taut::Value>(std::string_view api_version, std::string_view kind, std::string_view name_space,
                                    std::string_view name)>
      lookup;
  // The address of a host, or "". Empty: DNS is off.
  std::function<std::string(std::string_view host)> resolve;
  // The Helm whose functions and texts are given: 41 is 4.1, 42 is 4.2.
  int helm = 42;
  // As `helm lint`: required and fail only warn.
  bool lint = false;
};

struct Limits {
  uint64_t steps = 100'000'000;      // nodes executed: the largest charts need about a million
  size_t output = size_t{128} << 20;  // bytes of text, of all results together and of what includes hold at one time
};

// What a map without the key gives: Go's option "missingkey".
enum class MissingKey : uint8_t { kDefault, kZero, kError };

// Where a part of a text comes from: from `start` up to the start of the next origin.
struct Origin {
  size_t start;           // byte of the text
  std::string_view file;  // the name of the text that was parsed
  uint32_t position;      // byte in that
  bool literal;           // copied from there, byte by byte; else an action's value
  size_t reads = 0;       // how many reads there were until then
};

// A field of a map that was asked for, `.Values.image`, be it there or not. The key lives as long as the templates.
struct Read {
  const Map* map;
  std::string_view key;
};

class Execution {
 public:
  // All must outlive the Execution.
  Execution(const TemplateSet& set, Heap& heap, const Environment& environment,
            MissingKey missing_key = MissingKey::kZero, Limits limits = {});
  ~Execution();

  // The text of a template. Errors are in Go's words: kInvalid "template: NAME:LINE:COLUMN: executing NAME at <...>:
  // MESSAGE"; kLimit with "the limit on the ... was passed" for one of Limits or the Heap; what a function failed with keeps its code.
  Result<std::string> render(std::string_view name, const Value& dot);

  // From now on `render` fills in the origins of its text, in order. What an include made is the work of the action that
  // asked for it. nullptr ends it. `reads`, where given, gets all reads in order, those within includes, too: what
  // an origin's part of the text depends on are those since the origin before.
  void trace(std::vector<Origin>* origins, std::vector<Read>* reads = nullptr);

  // For functions, while a template runs.
  Heap& heap() { return heap_; }
  const Environment& environment() const { return environment_; }
  const TemplateSet& set() const { return *set_; }
  // The text of another template of the set, in the Heap. kNotFound `template: no template "x" associated with template
  // "gotpl"`.
  Result<Value> include(std::string_view name, const Value& dot);
  // Parses the text as a template `name` over the current set and runs it; what it defines can be included only
  // within. Parsed texts are kept for the life of the Heap. `parse_failed` tells a parse error from one in running.
  Result<Value> run_text(std::string_view name, std::string_view text, const Value& dot, bool& parse_failed);
  // How often the template of that name is being included now; the caller counts.
  uint32_t& active(std::string_view name) { return active_[name]; }

 private:
  friend class Evaluator;
  struct State;

  const TemplateSet* set_;
  Heap& heap_;
  const Environment& environment_;
  std::unordered_map<std::string_view, uint32_t> active_;
  uint32_t texts_ = 0;  // of run_text that run now
  std::unique_ptr<State> state_;
};

}  // namespace taut::gotmpl
