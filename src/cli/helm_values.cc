#include "cli/helm_values.hh"

#include <fstream>
#include <iostream>
#include <sstream>

#include "base/strings.hh"
#include "io/net/http.hh"

namespace taut::cli {
namespace {

Result<std::string> fetch(const std::string& url) {
  net::HttpClient http({});
  net::HttpRequest request;
  request.url = url;
  request.max_redirects = 10;
  request.timeout = net::Milliseconds(60'000);
  TAUT_ASSIGN(auto response, http.send(std::move(request)));
  if (response.status != 200) return fail(Code::kNotFound, "failed to fetch {} : {}", url, response.status);
  return std::move(response.body);
}

}  // namespace

Result<std::string> read_helm_file(std::string_view path) {
  std::ostringstream out;
  if (trim(path) == "-") {
    out << std::cin.rdbuf();
    return out.str();
  }
  if (path.starts_with("http://") || path.starts_with("https://")) return fetch(std::string(path));
  std::ifstream file{std::string(path), std::ios::binary};
  if (!file) return fail(Code::kNotFound, "open {}: no such file or directory", path);
  out << file.rdbuf();
  return out.str();
}

void HelmValues::declare(Flags& flags) {
  flags.add("values", 'f', "FILE", "values in a YAML file, a URL, or - for standard input; can be given several times",
            &files_);
  flags.add("set", 0, "KEY=VALUE", "set values: a=1,b.c=x,d={x,y}; can be given several times", &values_.typed);
  flags.add("set-string", 0, "KEY=VALUE", "as --set, all values are text", &values_.strings);
  flags.add("set-json", 0, "KEY=JSON", "set JSON values, or a whole JSON object", &values_.json);
  flags.add("set-file", 0, "KEY=FILE", "set values to the text of files", &values_.set_files);
  flags.add("set-literal", 0, "KEY=TEXT", "set one value, taken as it is", &values_.literals);
}

Result<helm::ValueSources> HelmValues::sources() const {
  helm::ValueSources out = values_;
  for (const std::string& list : files_) {
    for (std::string_view file : split(list, ',')) {
      TAUT_ASSIGN(std::string text, read_helm_file(file));
      out.files.push_back({std::string(file), std::move(text)});
    }
  }
  return out;
}

Result<Value> HelmValues::merged() const {
  TAUT_ASSIGN(helm::ValueSources given, sources());
  return helm::merge_value_sources(given, read_helm_file);
}

}  // namespace taut::cli
