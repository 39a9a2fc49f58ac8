// The words of HTTP, as the server of the sandbox has them, which serves here too.
#pragma once

#include "sandbox/http.hh"
#include "sandbox/http_server.hh"

namespace taut::server::http {

using sandbox::Handler;
using sandbox::HttpOptions;
using sandbox::HttpServer;
using sandbox::Query;
using sandbox::Request;
using sandbox::Response;
using sandbox::start_http_server;

}  // namespace taut::server::http
