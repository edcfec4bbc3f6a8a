import '../../nodes/LiveCall/LiveCall.node';
import '../../nodes/LiveCallTrigger/LiveCallTrigger.node';
