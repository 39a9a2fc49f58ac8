// Keywords that send a value on to other schemas.
#include "base/strings.hh"
#include "lang/jsonschema/library.hh"
#include "lang/jsonschema/validator.hh"

namespace taut::jsonschema {

std::optional<Failure> Validator::on_same(const Node& node, std::string_view keyword, bool brief) {
  Scope scope{&node, &scope_, scope_.value, keyword, scope_.effort};
  Validator below(node, value_, location_, scope, brief_ || brief, !unevaluated_.empty());
  auto failed = below.run();
  if (!failed) unevaluated_.keep_common(below.unevaluated());
  return failed;
}

std::optional<Failure> Validator::on_child(const Node& node, const Value& child, std::string_view step) {
  if (location_.size() > 2000) return failure("values are nested too deeply");
  location_.emplace_back(step);
  Scope scope{&node, &scope_, scope_.value + 1, "", scope_.effort};
  auto failed = Validator(node, child, location_, scope, brief_, false).run();
  location_.pop_back();
  return failed;
}

std::optional<Failure> Validator::by_reference(const Node& node, std::string_view keyword) {
  auto failed = on_same(node, keyword, false);
  if (!failed) return std::nullopt;
  Failure out = failure("validation failed");
  out.role = Failure::Role::kReference;
  if (failed->role == Failure::Role::kGroup) {
    out.causes = std::move(failed->causes);
  } else {
    out.causes.push_back(std::move(*failed));
  }
  return out;
}

// References whose target depends on the schemas that led here: the outermost that offers one wins.
void Validator::check_references() {
  if (const Node* target = node_.recursive_ref) {
    if (target->recursive_anchor) {
      for (const Scope* scope = &scope_; scope; scope = scope->parent) {
        const Node* node = scope->node->resource ? scope->node->resource->node : nullptr;
        if (node && node->recursive_anchor) target = node;
      }
    }
    add(by_reference(*target, "$recursiveRef"));
  }
  if (const Node* target = node_.dynamic_ref) {
    const std::string& anchor = node_.dynamic_ref_anchor;
    if (!anchor.empty() && target->dynamic_anchor == anchor) {
      for (const Scope* scope = &scope_; scope; scope = scope->parent) {
        if (!scope->node->resource) continue;
        const auto& nodes = scope->node->resource->dynamic_nodes;
        if (auto it = nodes.find(anchor); it != nodes.end() && it->second) target = it->second;
      }
    }
    add(by_reference(*target, "$dynamicRef"));
  }
}

void Validator::check_combinations() {
  if (node_.not_ && !on_same(*node_.not_, "", true)) add("'not' failed");
  std::vector<Failure> failures;
  for (const Node* node : node_.all_of) {
    auto failed = on_same(*node, "", false);
    if (!failed) continue;
    failures.push_back(std::move(*failed));
    if (brief_) break;
  }
  if (!failures.empty()) add("'allOf' failed", std::move(failures));
  check_any_of();
  check_one_of();
}

void Validator::check_any_of() {
  if (node_.any_of.empty()) return;
  bool matched = false;
  std::vector<Failure> failures;
  for (const Node* node : node_.any_of) {
    if (auto failed = on_same(*node, "", false)) {
      failures.push_back(std::move(*failed));
    } else {
      matched = true;
      // To know what is unevaluated, all that match count.
      if (unevaluated_.empty()) break;
    }
  }
  if (!matched) add("'anyOf' failed", std::move(failures));
}

void Validator::check_one_of() {
  if (node_.one_of.empty()) return;
  std::optional<size_t> matched;
  std::vector<Failure> failures;
  for (size_t i = 0; i < node_.one_of.size(); ++i) {
    if (auto failed = on_same(*node_.one_of[i], "", matched.has_value())) {
      if (!matched) failures.push_back(std::move(*failed));
    } else if (matched) {
      return add(fmt::format("'oneOf' failed, subschemas {}, {} matched", *matched, i));
    } else {
      matched = i;
    }
  }
  if (!matched) add("'oneOf' failed, none matched", std::move(failures));
}

void Validator::check_condition() {
  if (!node_.if_) return;
  const Node* next = on_same(*node_.if_, "", true) ? node_.else_ : node_.then_;
  if (next) add(on_same(*next, "", false));
}

void Validator::check_unevaluated() {
  if (value_.is_map() && node_.unevaluated_properties) {
    for (const std::string& name : unevaluated_.properties) {
      if (const Value* member = value_.find(name)) add(on_child(*node_.unevaluated_properties, *member, name));
    }
    unevaluated_.properties.clear();
  }
  if (value_.is_list() && node_.unevaluated_items) {
    for (size_t index : unevaluated_.items) {
      add(on_child(*node_.unevaluated_items, value_[index], std::to_string(index)));
    }
    unevaluated_.items.clear();
  }
}

}  // namespace taut::jsonschema
