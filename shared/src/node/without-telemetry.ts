// ONNX Runtime sends events to Microsoft by default: it looks mobile.events.data.microsoft.com up and keeps what it could not send below
// $HOME/.cache/Microsoft. It reads this variable when its library is first loaded. A thread's process.env is a copy that the library does not
// see, so whatever opens an embedder imports this module on the main thread, before the threads start.
process.env.ORT_DISABLE_TELEMETRY = "1";
