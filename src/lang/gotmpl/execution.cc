#include "lang/gotmpl/execution.hh"

#include "base/strings.hh"
#include "lang/gotmpl/evaluator.hh"

namespace taut::gotmpl {
namespace {

Failure limit_failure(std::string_view name, const LimitPassed& limit) {
  return fail(Code::kLimit, "template: {}: the limit on the {} was passed", name, limit.what);
}

}  // namespace

struct Execution::State {
  State(Execution& run, MissingKey missing_key, const Limits& limits) : evaluator(run, missing_key, limits) {}
  Evaluator evaluator;
  // What was given to run_text, by name and text.
  std::unordered_map<std::string, std::shared_ptr<const Parsed>> texts;
};

Execution::Execution(const TemplateSet& set, Heap& heap, const Environment& environment, MissingKey missing_key,
                     Limits limits)
    : set_(&set),
      heap_(heap),
      environment_(environment),
      state_(std::make_unique<State>(*this, missing_key, limits)) {}

Execution::~Execution() = default;

void Execution::trace(std::vector<Origin>* origins, std::vector<Read>* reads) { state_->evaluator.trace(origins, reads); }

Result<std::string> Execution::render(std::string_view name, const Value& dot) {
  const Template* called = set_->find(name);
  if (called == nullptr) {
    return fail(Code::kNotFound, "template: no template {} associated with template \"gotpl\"", quote(name));
  }
  try {
    return state_->evaluator.take(*called, dot);
  } catch (Evaluator::Failure& failure) {
    return fail(std::move(failure.error));
  } catch (const LimitPassed& limit) {
    return limit_failure(name, limit);
  }
}

Result<Value> Execution::include(std::string_view name, const Value& dot) {
  const Template* called = set_->find(name);
  if (called == nullptr) {
    return fail(Code::kNotFound, "template: no template {} associated with template \"gotpl\"", quote(name));
  }
  try {
    return Value::text(state_->evaluator.run(*called, dot));
  } catch (Evaluator::Failure& failure) {
    return fail(std::move(failure.error));
  }
}

Result<Value> Execution::run_text(std::string_view name, std::string_view text, const Value& dot, bool& parse_failed) {
  parse_failed = false;
  std::string key = std::string(name) + '\n';
  key += text;
  auto& parsed = state_->texts[std::move(key)];
  if (parsed == nullptr) {
    auto fresh = parse(name, text, set_->functions());
    parse_failed = !fresh;
    if (!fresh) return fail(std::move(fresh).error());
    parsed = std::move(*fresh);
    heap_.keep(parsed);
  }
  TemplateSet overlay(set_);
  overlay.add(parsed);
  const TemplateSet* outer = std::exchange(set_, &overlay);
  struct Restore {
    const TemplateSet*& set;
    const TemplateSet* outer;
    ~Restore() { set = outer; }
  } restore{set_, outer};
  try {
    return Value::text(state_->evaluator.run(*parsed->main(), dot));
  } catch (Evaluator::Failure& failure) {
    return fail(std::move(failure.error));
  }
}

}  // namespace taut::gotmpl
