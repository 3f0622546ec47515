// What the poco plugin does with a request, on the thread of its connection.
#pragma once

#include <benchhost/site.hpp>

#include <Poco/Event.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>

namespace benchhost::poco_server {

class HandlerFactory : public Poco::Net::HTTPRequestHandlerFactory {
  public:
    /// Both outlive the server. Who waits before it answers stops doing so when `stop` is set.
    HandlerFactory(const sdk::Site& site, Poco::Event& stop) : site_(site), stop_(stop) {}

    Poco::Net::HTTPRequestHandler* createRequestHandler(
        const Poco::Net::HTTPServerRequest& request) override;

  private:
    const sdk::Site& site_;
    Poco::Event& stop_;
};

}  // namespace benchhost::poco_server
