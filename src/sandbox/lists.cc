// GET, watch and DELETE of collections.
#include <charconv>

#include "base/base64.hh"
#include "base/strings.hh"
#include "sandbox/api.hh"
#include "sandbox/body.hh"
#include "sandbox/selection.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// A continue token: the revision of the first page and where the next one starts.
std::string make_token(uint64_t revision, std::string_view start) {
  return base64_encode(to_json(Value::map({{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"start", start}})));
}

struct Position {
  uint64_t revision = 0;  // 0: now
  std::string start;
};

ApiResult<Position> read_token(std::string_view token) {
  auto text = base64_decode(token);
  auto parsed = text ? parse_json(*text) : Result<Value>(fail(Code::kInvalid, "not base64"));
  if (!parsed || !(*parsed)["rv"].is_number() || (*parsed)["start"].empty())
    return ApiFailure(bad_request(fmt::format("continue key is not valid: {}", text ? "invalid character" : "illegal base64 data at input byte 0")));
  return Position{(*parsed)["rv"].as_uint(), (*parsed)["start"].str()};
}

ApiError expired_token() {
  return expired("The provided continue parameter is too old to display a consistent list result. You can start a new list "
                 "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
                 "the results. Continuing with the provided token results in an inconsistent list - objects that were "
                 "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
                 "list.");
}

ApiError too_large(uint64_t wanted, uint64_t current) {
  Value cause = Value::map({{"message", "Too large resource version"}, {"reason", "ResourceVersionTooLarge"}});
  ApiError error{504, "Timeout", fmt::format("Too large resource version: {}, current: {}", wanted, current),
                 Value::map({{"causes", Value::list({cause})}, {"retryAfterSeconds", 1}})};
  error.retry_after = 1;
  return error;
}

ApiResult<uint64_t> parse_revision(std::string_view text) {
  uint64_t revision = 0;
  if (text.empty()) return revision;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (error != std::errc() || end != text.data() + text.size()) {
    kinds::Problem problem{"FieldValueInvalid", fmt::format("Invalid value: {}: strconv.ParseUint: parsing {}: invalid syntax", quote(text), quote(text)), "resourceVersion"};
    return ApiFailure(invalid("", "", "", {problem}));
  }
  return revision;
}

ApiResult<void> check_table_options(const Accepted& accepted) {
  const std::string& include = accepted.include_object;
  if (accepted.shape != Shape::kTable || include == "Metadata" || include == "None" || include == "Object") return {};
  return ApiFailure(bad_request(fmt::format("Unable to convert to Table as requested: includeObject: Invalid value: {}: must be "
                                            "'Metadata', 'Object', 'None', or empty", quote(include))));
}

std::string prefix_of(const Call& call) {
  return call.resource->info.namespaced && !call.info.ns.empty() ? call.info.ns + '/' : std::string();
}

struct Found {
  Listed listed;
  Value meta;
};

ApiResult<Position> first_position(const Cluster& cluster, const ListQuery& query) {
  if (!query.continue_token.empty()) return read_token(query.continue_token);
  API_ASSIGN(uint64_t revision, parse_revision(query.resource_version));
  uint64_t current = cluster.store.revision();
  if (revision > current) return ApiFailure(too_large(revision, current));
  bool exact = query.resource_version_match == "Exact";
  bool pinned = query.limit > 0 && revision > 1 && query.resource_version_match.empty();
  return Position{exact || pinned ? revision : 0, ""};
}

// Pages through the store until `limit` objects match.
ApiResult<Found> collect(const Cluster& cluster, const Call& call, const ListQuery& query, const Selection& selection,
                         Store::Form form) {
  API_ASSIGN(Position position, first_position(cluster, query));
  Found found;
  std::vector<ItemPtr>& items = found.listed.items;
  bool everything = selection.everything();
  size_t limit = static_cast<size_t>(std::max<int64_t>(query.limit, 0));
  std::string from = position.start;
  uint64_t revision = position.revision;
  for (;;) {
    size_t ask = limit == 0 ? 0 : limit - items.size();
    auto page = cluster.store.list(call.resource->storage, prefix_of(call), from, ask, revision, form);
    if (!page) return ApiFailure(query.continue_token.empty() ? expired(page.error().message()) : expired_token());
    revision = page->revision;
    for (ItemPtr& item : page->items)
      if (everything || selection.fits(*call.resource, *item)) items.push_back(std::move(item));
    bool full = everything || (limit != 0 && items.size() >= limit);
    if (!page->next.empty() && !full) {
      from = page->next;
      continue;
    }
    found.listed.texts = std::move(page->texts);
    found.meta = Value::map({{"resourceVersion", std::to_string(revision)}});
    if (!page->next.empty()) {
      found.meta.set("continue", make_token(revision, page->next));
      if (everything) found.meta.set("remainingItemCount", page->remaining);
    }
    return found;
  }
}

}  // namespace

ApiResult<Response> Api::list(Call& call) {
  API_ASSIGN(ListQuery query, ListQuery::parse(call.query, false));
  API_TRY(check_table_options(call.accepted));
  API_ASSIGN(Selection selection, Selection::parse(*call.resource, query.label_selector, query.field_selector));
  bool texts = selection.everything() && listed_as_stored(*call.resource, call.accepted);
  API_ASSIGN(Found found, collect(cluster_, call, query, selection, texts ? Store::Form::kTexts : Store::Form::kItems));
  return list_response(cluster_, *call.resource, std::move(found.listed), found.meta, call.accepted);
}

ApiResult<Response> Api::watch(Call& call) {
  API_ASSIGN(ListQuery query, ListQuery::parse(call.query, true));
  if (!call.info.name.empty()) {
    std::string term = "metadata.name=" + call.info.name;
    query.field_selector = query.field_selector.empty() ? term : query.field_selector + ',' + term;
  }
  API_ASSIGN(Selection selection, Selection::parse(*call.resource, query.label_selector, query.field_selector));
  API_TRY(parse_revision(query.resource_version));
  std::shared_ptr<void> place = limits_.take_watch();
  if (!place) return too_many_requests();
  return watch_response(cluster_, hub_, call.resource, {query, std::move(selection), prefix_of(call), call.accepted, std::move(place)});
}

ApiResult<Response> Api::remove_collection(Call& call) {
  const Resource& resource = *call.resource;
  API_ASSIGN(ListQuery query, ListQuery::parse(call.query, false));
  API_ASSIGN(Value body, read_value(call.request));
  API_ASSIGN(DeletionOptions options, deletion_options(body, call.query));
  API_ASSIGN(Selection selection, Selection::parse(resource, query.label_selector, query.field_selector));
  API_ASSIGN(Found found, collect(cluster_, call, query, selection, Store::Form::kItems));
  std::vector<ItemPtr> removed;
  for (const ItemPtr& item : found.listed.items) {
    auto done = writer_.remove(resource, namespace_of(item->object()), name_of(item->object()), options);
    if (done)
      removed.push_back(done->finished ? item : done->item);
    else if (done.error().code != 404)
      return ApiFailure(done.error());
  }
  return list_response(cluster_, resource, {std::move(removed), {}}, found.meta, call.accepted);
}

}  // namespace taut::sandbox
