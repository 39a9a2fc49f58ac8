#include "cli/flags.hh"

#include <gtest/gtest.h>

namespace taut::cli {
namespace {

struct Options {
  std::string output = "yaml";
  bool wide = false;
  int port = 0;
  Duration timeout = std::chrono::seconds(30);
  std::vector<std::string> include;
  Flags flags;
  Options() {
    flags.add("output", 'o', "FORMAT", "how to print", &output, {"yaml", "json"});
    flags.add("wide", 'w', "", "more columns", &wide);
    flags.add("port", 'p', "N", "where to listen", &port);
    flags.add("timeout", 0, "DURATION", "how long to wait", &timeout);
    flags.add("include", 0, "GLOB", "only these", &include);
  }
};

TEST(Flags, takes_every_form_that_kubectl_takes) {
  Options o;
  auto rest = o.flags.parse({"a", "-ojson", "--port=80", "b", "-w", "--include", "x", "--include=y", "--timeout", "1m", "--", "-z"});
  ASSERT_TRUE(rest) << rest.error().message();
  EXPECT_EQ(*rest, (std::vector<std::string>{"a", "b", "-z"}));
  EXPECT_EQ(o.output, "json");
  EXPECT_EQ(o.port, 80);
  EXPECT_TRUE(o.wide);
  EXPECT_EQ(o.timeout, std::chrono::minutes(1));
  EXPECT_EQ(o.include, (std::vector<std::string>{"x", "y"}));
}

TEST(Flags, switches_can_be_switched_off) {
  Options o;
  o.wide = true;
  ASSERT_TRUE(o.flags.parse({"--wide=false"}));
  EXPECT_FALSE(o.wide);
}

TEST(Flags, errors_are_in_the_words_people_know) {
  auto error = [](std::vector<std::string> arguments) {
    Options o;
    return o.flags.parse(arguments).error().message();
  };
  EXPECT_EQ(error({"--nope"}), "unknown flag: --nope");
  EXPECT_EQ(error({"--port"}), "flag needs an argument: --port");
  EXPECT_EQ(error({"--port=x"}), "invalid argument \"x\" for --port");
  EXPECT_EQ(error({"-o", "xml"}), "invalid argument \"xml\" for -o: one of yaml, json");
  EXPECT_EQ(error({"-q"}), "unknown shorthand flag: 'q' in -q");
}

TEST(Flags, help_shows_defaults) {
  Options o;
  EXPECT_NE(o.flags.help().find("-o, --output FORMAT"), std::string::npos);
  EXPECT_NE(o.flags.help().find("(default 30s)"), std::string::npos);
}

}  // namespace
}  // namespace taut::cli
