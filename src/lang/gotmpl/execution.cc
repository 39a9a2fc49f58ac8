#include "lang/gotmpl/execution.hh"

#include "base/strings.hh"
#include "lang/gotmpl/evaluator.hh"

namespace taut::gotmpl {
namespace {

constexpr uint32_t kMostTexts = 1000;  // within each other; Go's stack ends sooner or later

// The memory of a parsed text, at most about.
size_t parsed_size(std::string_view text) {
  size_t actions = 0;
  for (size_t at = text.find("{{"); at != text.npos; at = text.find("{{", at + 2)) ++actions;
  return 3 * text.size() + 256 * actions;
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
  if (texts_ >= kMostTexts) return fail(Code::kLimit, "the limit on the depth of texts given to tpl ({}) was passed", kMostTexts);
  std::string key = std::string(name) + '\n';
  key += text;
  auto& parsed = state_->texts[std::move(key)];
  if (parsed == nullptr) {
    heap_.charge(parsed_size(text));
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
    uint32_t& texts;
    ~Restore() {
      set = outer;
      --texts;
    }
  } restore{set_, outer, ++texts_};
  try {
    return Value::text(state_->evaluator.run(*parsed->main(), dot));
  } catch (Evaluator::Failure& failure) {
    return fail(std::move(failure.error));
  }
}

}  // namespace taut::gotmpl
