#include "handler.hpp"

#include <benchhost/upload.hpp>

#include <Poco/DeflatingStream.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/NumberParser.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ios>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace benchhost::poco_server {
namespace {

using Poco::Net::HTMLForm;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using Poco::Net::MessageHeader;
using Poco::Net::NameValueCollection;

/// Whether a body follows. Without a length Poco's stream would read on until the client closes.
bool has_body(const HTTPServerRequest& request) {
    return request.getChunkedTransferEncoding() || request.getContentLength64() > 0;
}

/// Poco splits the field; what it means is up to its user.
bool accepts_gzip(const HTTPServerRequest& request) {
    std::vector<std::string> codings;
    MessageHeader::splitElements(request.get("Accept-Encoding", ""), codings);
    return std::any_of(codings.begin(), codings.end(), [](const std::string& element) {
        std::string coding;
        NameValueCollection parameters;
        MessageHeader::splitParameters(element, coding, parameters);
        double weight = 0;
        return Poco::icompare(coding, "gzip") == 0 &&
               Poco::NumberParser::tryParseFloat(parameters.get("q", "1"), weight) && weight > 0;
    });
}

/// One request.
class Handler : public Poco::Net::HTTPRequestHandler {
  public:
    Handler(const sdk::Site& site, Poco::Event& stop) : site_(site), stop_(stop) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
        if (request.getVersion() != HTTPRequest::HTTP_1_1 &&
            request.getVersion() != HTTPRequest::HTTP_1_0) {  // Poco takes any word for a version
            response.setVersion(HTTPRequest::HTTP_1_1);
            response.setKeepAlive(false);
            send({400, "text/plain", "no HTTP\n"}, response);
            return;
        }
        std::string text;
        const sdk::Reply reply = reply_to(request, response, text);
        if (reply.wait.count() > 0 && stop_.tryWait(static_cast<long>(reply.wait.count()))) {
            response.setKeepAlive(false);  // the server stops: no answer any more
        } else if (reply.file != nullptr) {
            response.sendFile(*reply.file, reply.content_type);
        } else if (reply.compress) {
            response.set("Vary", "Accept-Encoding");
            // HTTP/1.0 knows no chunks, and how long it gets is known only when it is compressed.
            if (accepts_gzip(request) && request.getVersion() == HTTPRequest::HTTP_1_1) {
                send_compressed(reply, request, response);
            } else {
                send(reply, response);
            }
        } else {
            send(reply, response);
        }
    }

  private:
    /// `text` belongs to the reply.
    sdk::Reply reply_to(HTTPServerRequest& request, HTTPServerResponse& response,
                        std::string& text) const {
        const sdk::Route* const route = site_.find(request.getURI());
        const std::string& method = request.getMethod();
        if (route != nullptr && method == HTTPRequest::HTTP_POST) {
            switch (route->kind) {
                case BH_ROUTE_ECHO:
                    return echo(*route, request, text);
                case BH_ROUTE_UPLOAD:
                    return upload(*route, request, text);
                case BH_ROUTE_SUM:
                    return sum(*route, request, response, text);
                default:
                    break;
            }
        }
        if (has_body(request)) {
            response.setKeepAlive(false);  // nobody reads it: it would pass for a request
        }
        if (route != nullptr && route->kind == BH_ROUTE_SUM &&
            (method == HTTPRequest::HTTP_GET || method == HTTPRequest::HTTP_HEAD)) {
            return sum(*route, request, response, text);
        }
        return site_.reply(method, request.getURI(), text);
    }

    static sdk::Reply echo(const sdk::Route& route, HTTPServerRequest& request, std::string& text) {
        if (has_body(request)) {
            Poco::StreamCopier::copyToString(request.stream(), text);
        }
        return {200, route.content_type.c_str(), text};
    }

    static sdk::Reply upload(const sdk::Route& route, HTTPServerRequest& request,
                             std::string& text) {
        sdk::Upload received;
        if (has_body(request)) {
            std::istream& body = request.stream();
            std::array<char, 16'384> piece{};
            while (body.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
                   body.gcount() > 0) {
                received.add({piece.data(), static_cast<std::size_t>(body.gcount())});
            }
        }
        text = received.text();
        return {200, route.content_type.c_str(), text};
    }

    static sdk::Reply sum(const sdk::Route& route, HTTPServerRequest& request,
                          HTTPServerResponse& response, std::string& text) {
        std::optional<std::uint64_t> total;
        try {
            HTMLForm form;
            if (has_body(request)) {
                form.load(request, request.stream());
            } else {
                form.load(request);
            }
            total = sdk::sum_of(form.get("a", ""), form.get("b", ""));
        } catch (const Poco::Exception&) {  // not to its taste, and perhaps not read to its end
            response.setKeepAlive(false);
        }
        return sdk::Site::sum_reply(route, total, text);
    }

    static void send(const sdk::Reply& reply, HTTPServerResponse& response) {
        response.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(reply.status));
        response.setContentType(reply.content_type);
        if (reply.allow != nullptr) {
            response.set("Allow", reply.allow);
        }
        response.sendBuffer(reply.body.data(), reply.body.size());
    }

    static void send_compressed(const sdk::Reply& reply, const HTTPServerRequest& request,
                                HTTPServerResponse& response) {
        response.setContentType(reply.content_type);
        response.set("Content-Encoding", "gzip");
        response.setChunkedTransferEncoding(true);
        std::ostream& out = response.send();
        if (request.getMethod() == HTTPRequest::HTTP_HEAD) {
            return;
        }
        Poco::DeflatingOutputStream gzip(out, Poco::DeflatingStreamBuf::STREAM_GZIP);
        gzip.write(reply.body.data(), static_cast<std::streamsize>(reply.body.size()));
        gzip.close();
    }

    const sdk::Site& site_;
    Poco::Event& stop_;
};

}  // namespace

Poco::Net::HTTPRequestHandler* HandlerFactory::createRequestHandler(
    const HTTPServerRequest& /*request*/) {
    return new Handler(site_, stop_);  // Poco deletes it
}

}  // namespace benchhost::poco_server
