"""Sends one span and its log records with the OpenTelemetry SDK of Python.

    logs.py http|grpc log|span ENDPOINT        what goes out first
"""
import sys

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def exporters(protocol, endpoint):
    if protocol == "http":
        from opentelemetry.exporter.otlp.proto.http._log_exporter import \
            OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import \
            OTLPSpanExporter
        return (OTLPLogExporter(endpoint + "/v1/logs"),
                OTLPSpanExporter(endpoint + "/v1/traces"))
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import \
        OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import \
        OTLPSpanExporter
    return (OTLPLogExporter(endpoint, insecure=True),
            OTLPSpanExporter(endpoint, insecure=True))


def main():
    protocol, first, endpoint = sys.argv[1:]
    log_exporter, span_exporter = exporters(protocol, endpoint)
    loggers, tracers = LoggerProvider(), TracerProvider()
    loggers.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    tracers.add_span_processor(BatchSpanProcessor(span_exporter))
    logger = loggers.get_logger("sender")
    with tracers.get_tracer("sender").start_as_current_span("chat"):
        logger.emit(LogRecord(event_name="gen_ai.user.message",
                              body={"content": "why?"}))
        logger.emit(LogRecord(severity_number=SeverityNumber.ERROR,
                              attributes={"exception.type": "Late",
                                          "exception.message": "too late"}))
        logger.emit(LogRecord(event_name="gen_ai.choice",
                              body={"index": 0, "finish_reason": "stop",
                                    "message": {"content": "because"}}))
    for provider in ((loggers, tracers) if first == "log"
                     else (tracers, loggers)):
        provider.force_flush()
    loggers.shutdown()
    tracers.shutdown()


main()
