#include "lang/jsonschema/schema.hh"

#include "base/strings.hh"
#include "lang/jsonschema/library.hh"
#include "lang/jsonschema/messages.hh"
#include "lang/jsonschema/validator.hh"

namespace taut::jsonschema {

namespace {

std::optional<Failure> check_against(const Node& node, const Value& value) {
  std::vector<std::string> location;
  Effort effort;
  Scope scope{&node, nullptr, 0, "", &effort};
  auto failure = Validator(node, value, location, scope, false, false).run();
  if (effort.passed) failure = Failure{Failure::Role::kPlain, {}, fmt::format("the limit on the number of checks ({}) was passed", Effort{}.left), {}};
  if (!failure) return std::nullopt;
  Failure out;
  out.role = Failure::Role::kSchema;
  out.message = fmt::format("jsonschema validation failed with {}", single_quoted(node.location));
  if (failure->role == Failure::Role::kGroup) {
    out.causes = std::move(failure->causes);
  } else {
    out.causes.push_back(std::move(*failure));
  }
  return out;
}

}  // namespace

Result<Schema> Schema::compile(const Value& document) {
  const std::string url(kUrl);
  auto library = std::make_shared<Library>(&metaschemas());
  TAUT_TRY(library->add(url, document));
  int draft = document["$schema"].is_string() ? draft_of(document["$schema"].as_string()) : 2020;
  if (const Node* meta = metaschema(draft)) {
    if (auto failure = check_against(*meta, document)) {
      return fail(Code::kInvalid, "{} is not valid against metaschema: {}", quote(url + "#"), failure->text());
    }
  }
  TAUT_ASSIGN(const Node* root, library->compile(url, "", false));
  return Schema(std::move(library), root);
}

std::optional<Failure> Schema::check(const Value& value) const { return check_against(*root_, value); }

}  // namespace taut::jsonschema
