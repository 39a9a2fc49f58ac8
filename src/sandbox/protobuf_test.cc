#include "sandbox/protobuf.hh"

#include <gtest/gtest.h>

#include "sandbox/struct_json.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

std::string field(int number, std::string_view bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + std::string(bytes);
}
std::string varint(int number, int value) { return {static_cast<char>(number << 3), static_cast<char>(value)}; }

std::string envelope(std::string_view api_version, std::string_view kind, std::string_view raw) {
  return std::string("k8s\0", 4) + field(1, field(1, api_version) + field(2, kind)) + field(2, raw);
}

TEST(Protobuf, reads_what_a_typed_client_sends) {
  // A Service: metadata.name, spec.ports[0] = {port 80, targetPort "http"}, spec.selector = {app: web}.
  std::string port = varint(3, 80) + field(4, varint(1, 1) + field(3, "http"));
  std::string spec = field(1, port) + field(2, field(1, "app") + field(2, "web"));
  auto object = decode_protobuf(envelope("v1", "Service", field(1, field(1, "s")) + field(2, spec)));
  ASSERT_TRUE(object) << object.error().report();
  EXPECT_EQ(to_json(*object), R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},)"
                              R"("spec":{"ports":[{"port":80,"targetPort":"http"}],"selector":{"app":"web"}}})");
}

TEST(Protobuf, refuses_what_is_cut_off_or_unknown) {
  std::string whole = envelope("v1", "ConfigMap", field(1, field(1, "name")));
  EXPECT_TRUE(decode_protobuf(whole));
  EXPECT_FALSE(decode_protobuf(whole.substr(0, whole.size() - 2)));
  EXPECT_FALSE(decode_protobuf(envelope("v1", "ConfigMap", "\xc9\x08!")));  // a number of eight bytes, of which one is there
  EXPECT_FALSE(decode_protobuf("{}"));
  EXPECT_FALSE(decode_protobuf(envelope("v9", "Nothing", "")));
}

TEST(StrictDecoding, reports_in_the_order_of_the_text) {
  const GoType* type = go_type(Gvk{"", "v1", "ConfigMap"});
  ASSERT_NE(type, nullptr);
  auto problems = strict_problems(*type, R"({"zzz":1,"metadata":{"name":"a","nmae":2},"data":{"a":"1","a":"2"}})");
  EXPECT_EQ(problems, (std::vector<std::string>{R"(unknown field "zzz")", R"(unknown field "metadata.nmae")", R"(duplicate field "data.a")"}));
}

TEST(StructJson, keeps_the_order_of_the_struct) {
  const GoType* type = go_type(Gvk{"", "v1", "ConfigMap"});
  auto object = parse_json(R"({"data":{"a":"1"},"metadata":{"uid":"u","name":"n"},"kind":"ConfigMap","apiVersion":"v1"})");
  EXPECT_EQ(to_struct_json(*type, *object), R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"n","uid":"u"},"data":{"a":"1"}})");
}

}  // namespace
}  // namespace taut::sandbox
