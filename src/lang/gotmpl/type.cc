#include "lang/gotmpl/type.hh"

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl {

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view kNames[] = {"invalid", "invalid",    "bool",   "int",   "int64", "uint8", "uint64",
                                                "float64", "complex128", "string", "slice", "slice", "map",   "struct"};
  return kNames[static_cast<size_t>(kind)];
}

const Function* Type::method(std::string_view method_name) const {
  for (const Function& candidate : methods) {
    if (candidate.name == method_name) return &candidate;
  }
  return nullptr;
}

namespace types {
constinit const Type kAny{Kind::kNil, "interface {}"};
constinit const Type kBool{Kind::kBool, "bool"};
constinit const Type kInt{Kind::kInt, "int"};
constinit const Type kInt64{Kind::kInt64, "int64"};
constinit const Type kUint8{Kind::kUint8, "uint8"};
// Only of parameters: no value is of it.
constinit const Type kUint32{Kind::kUint64, "uint32"};
constinit const Type kUint64{Kind::kUint64, "uint64"};
constinit const Type kFloat64{Kind::kFloat64, "float64"};
constinit const Type kComplex128{Kind::kComplex128, "complex128"};
constinit const Type kString{Kind::kString, "string"};
constinit const Type kBytes{Kind::kBytes, "[]uint8", &kUint8};
constinit const Type kList{Kind::kList, "[]interface {}"};
constinit const Type kStrings{Kind::kList, "[]string", &kString};
constinit const Type kInts{Kind::kList, "[]int", &kInt};
constinit const Type kLists{Kind::kList, "[][]interface {}", &kList};
constinit const Type kMap{Kind::kMap, "map[string]interface {}"};
constinit const Type kStringMap{Kind::kMap, "map[string]string", &kString};
}  // namespace types

}  // namespace taut::gotmpl
