#include <algorithm>

#include "base/strings.hh"
#include "smd/typed.hh"
#include "value/go_text.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Scalar;
using schema::Type;

// %v and %#v of structured-merge-diff's wrapper around a value.
std::string go_wrapped(const Value& value) { return "&{" + go_text(value) + "}"; }
std::string go_wrapped_syntax(const Value& value) { return "&value.valueUnstructured{Value:" + go_syntax(value) + "}"; }

class Validator {
 public:
  explicit Validator(bool allow_duplicates) : allow_duplicates_(allow_duplicates) {}

  void visit(const Value& value, const Type& type) {
    switch (shape_of(type, &value)) {
      case Shape::kMap: return visit_map(value, type);
      case Shape::kScalar: return visit_scalar(value, type.scalar);
      case Shape::kList: return visit_list(value, type);
      case Shape::kNone: return report("schema error: invalid atom: inlined");
    }
  }

  Problems take() { return std::move(problems_); }

 private:
  // One step of the way to the value at hand: a field or an item. Paths are made of them only when something is wrong.
  struct Step {
    const Step* up;
    const Key* field;
    const PathElement* item;
  };

  static void append_path(const Step* at, Path& out) {
    if (at == nullptr) return;
    append_path(at->up, out);
    out.push_back(at->field ? PathElement{PathElement::Kind::kField, *at->field} : *at->item);
  }

  std::string path() const {
    Path out;
    append_path(at_, out);
    return to_string(out);
  }

  void report(std::string message) { problems_.push_back({path(), std::move(message)}); }

  void visit_below(const Key* field, const PathElement* item, const Value& value, const Type& type) {
    const Step step{at_, field, item};
    at_ = &step;
    visit(value, type);
    at_ = step.up;
  }

  void visit_scalar(const Value& value, Scalar scalar) {
    if (value.is_null()) return;
    switch (scalar) {
      case Scalar::kNumeric:
        if (!value.is_number()) report("expected numeric (int or float), got " + std::string(go_type(value)));
        return;
      case Scalar::kString:
        if (!value.is_string()) report("expected string, got " + go_wrapped_syntax(value));
        return;
      case Scalar::kBoolean:
        if (!value.is_bool()) report("expected boolean, got " + go_wrapped(value));
        return;
      default:
        if (value.is_list() || value.is_map()) report("expected any scalar, got " + go_wrapped(value));
    }
  }

  void visit_list(const Value& value, const Type& type) {
    if (value.is_null()) return;
    if (!value.is_list()) return report("expected list, got " + go_wrapped(value));
    std::vector<PathElement> seen;
    for (size_t i = 0; i < value.size(); ++i) {
      PathElement element = PathElement::index(static_cast<int64_t>(i));
      if (type.list_relation == Relation::kAssociative) {
        auto keyed = item_element(type, value[i]);
        if (!keyed) return report(fmt::format("element {}: {}", i, keyed.error().message()));
        element = std::move(*keyed);
        auto at = std::lower_bound(seen.begin(), seen.end(), element);
        if (at == seen.end() || !(*at == element)) {
          seen.insert(at, element);
        } else if (!allow_duplicates_) {
          report("duplicate entries for key " + element.to_string());
        }
      }
      visit_below(nullptr, &element, value[i], *type.items);
    }
  }

  void visit_map(const Value& value, const Type& type) {
    if (value.is_null()) return;
    if (!value.is_map()) return report("expected map, got " + go_wrapped(value));
    for (const Entry& e : value.entries()) {
      const Type* below = type.child(e.key());
      if (!below) {
        problems_.push_back({path() + "." + e.name.str(), "field not declared in schema"});
        return;  // the server stops at the first one, too
      }
      visit_below(&e.name, nullptr, e.value, *below);
    }
  }

  bool allow_duplicates_;
  const Step* at_ = nullptr;
  Problems problems_;
};

}  // namespace

Problems validate(const Value& value, const Type& type, bool allow_duplicates) {
  Validator validator(allow_duplicates);
  validator.visit(value, type);
  return validator.take();
}

}  // namespace taut::smd
