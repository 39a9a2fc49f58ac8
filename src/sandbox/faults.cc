#include "sandbox/faults.hh"

#include <fnmatch.h>

#include <charconv>
#include <mutex>
#include <random>

#include "base/strings.hh"
#include "sandbox/api_error.hh"
#include "value/json.hh"

namespace taut::sandbox {

using Steady = std::chrono::steady_clock;

struct Faults::Rule {
  std::vector<std::string> verbs;
  std::string path;
  std::string fault;
  int code = 500;
  Duration duration{};
  double probability = 1;
  int64_t count = INT64_MAX;
  int64_t after = 0;
};

struct Faults::State {
  std::mutex mutex;
  std::vector<Rule> rules;
  std::mt19937_64 random{1};
};

namespace {

Response refuse(ApiError error) {
  Response out;
  out.code = error.code;
  out.body = to_json(error.status());
  if (error.retry_after > 0) out.headers.emplace_back("Retry-After", std::to_string(error.retry_after));
  return out;
}

// A stream that ends before its time, or lags behind.
class HamperedStream : public Stream {
 public:
  HamperedStream(std::unique_ptr<Stream> inner, Duration cut, Duration slow)
      : inner_(std::move(inner)), end_(Steady::now() + cut), cut_(cut > Duration::zero()), slow_(slow) {}

  State read(std::string& out) override {
    if (cut_ && Steady::now() >= end_) return State::kEnd;
    if (Steady::now() < next_) return State::kMore;
    size_t before = out.size();
    State state = inner_->read(out);
    if (out.size() != before) next_ = Steady::now() + slow_;
    return state;
  }
  std::optional<Steady::time_point> next_deadline() const override {
    auto deadline = inner_->next_deadline().value_or(Steady::time_point::max());
    if (cut_) deadline = std::min(deadline, end_);
    if (slow_ > Duration::zero() && next_ > Steady::now()) deadline = std::min(deadline, next_);
    return deadline;
  }
  void set_waker(std::function<void()> wake) override { inner_->set_waker(std::move(wake)); }

 private:
  std::unique_ptr<Stream> inner_;
  Steady::time_point end_, next_{};
  bool cut_;
  Duration slow_;
};

bool number(std::string_view text, auto& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Faults::Faults() : state_(std::make_unique<State>()) {}
Faults::~Faults() = default;

Status Faults::load(std::string_view text) {
  std::vector<Rule> rules;
  uint64_t seed = 1;
  uint32_t line_number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++line_number;
    std::vector<std::string_view> words;
    for (std::string_view word : split(trim(line.substr(0, line.find('#'))), ' '))
      if (!trim(word).empty()) words.push_back(trim(word));
    if (words.empty()) continue;
    auto bad = [&](std::string_view what) {
      return Failure(Error(Code::kInvalid, fmt::format("fault rule: {}", what)).at({"", line_number, 1, ""}));
    };
    if (words[0] == "seed" && words.size() == 2) {
      if (!number(words[1], seed)) return bad("the seed is not a number");
      continue;
    }
    if (words.size() < 3) return bad("wants VERBS PATH FAULT");
    Rule rule;
    for (std::string_view verb : split(words[0], ',')) rule.verbs.emplace_back(verb);
    rule.path = words[1];
    for (size_t i = 2; i < words.size(); ++i) {
      std::string_view name = words[i], value;
      cut(words[i], "=", name, value);
      bool ok = true;
      if (name == "p") rule.probability = std::strtod(std::string(value).c_str(), nullptr);
      else if (name == "count") ok = number(value, rule.count);
      else if (name == "after") ok = number(value, rule.after);
      else if (name == "error") ok = number(value, rule.code), rule.fault = name;
      else if (name == "reset" || name == "expired") rule.fault = name;
      else if (name == "latency" || name == "too-many" || name == "cut" || name == "slow") {
        auto parsed = parse_go_duration(value);
        ok = parsed.has_value();
        rule.duration = parsed.value_or(Duration{});
        rule.fault = name;
      } else return bad(fmt::format("{} is not known", words[i]));
      if (!ok) return bad(fmt::format("{} has no usable value", words[i]));
    }
    if (rule.fault.empty()) return bad("names no fault");
    rules.push_back(std::move(rule));
  }
  std::lock_guard lock(state_->mutex);
  state_->rules = std::move(rules);
  state_->random.seed(seed);
  return {};
}

Response Faults::apply(const Request& request, const RequestInfo& info, const std::function<Response()>& handler) {
  std::vector<Rule> hits;
  {
    std::lock_guard lock(state_->mutex);
    for (Rule& rule : state_->rules) {
      bool verb = rule.verbs[0] == "*" || std::find(rule.verbs.begin(), rule.verbs.end(), info.verb) != rule.verbs.end();
      if (!verb || rule.count <= 0 || fnmatch(rule.path.c_str(), request.path.c_str(), 0) != 0) continue;
      if (rule.after > 0) {
        --rule.after;
        continue;
      }
      if (rule.probability < 1 && std::uniform_real_distribution<>(0, 1)(state_->random) >= rule.probability) continue;
      --rule.count;
      hits.push_back(rule);
    }
  }
  Duration cut{}, slow{}, delay{};
  for (const Rule& rule : hits) {
    if (rule.fault == "latency") delay += rule.duration;
    if (rule.fault == "reset") {
      Response out;
      out.reset = true;
      return out;
    }
    if (rule.fault == "error") return refuse({rule.code, rule.code >= 500 ? "InternalError" : "", "injected fault", {}});
    if (rule.fault == "expired") return refuse(expired("The resourceVersion for the provided watch is too old."));
    if (rule.fault == "too-many") {
      ApiError error{429, "TooManyRequests", "The server has received too many requests and has asked us to try again later", {}};
      error.retry_after = static_cast<int>(std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(rule.duration).count()));
      return refuse(std::move(error));
    }
    if (rule.fault == "cut") cut = rule.duration;
    if (rule.fault == "slow") slow = rule.duration;
  }
  Response out = handler();
  out.delay = delay;
  if (out.stream && (cut > Duration::zero() || slow > Duration::zero()))
    out.stream = std::make_unique<HamperedStream>(std::move(out.stream), cut, slow);
  return out;
}

}  // namespace taut::sandbox
