import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.mq.MqClient;
import software.amazon.awssdk.services.mq.model.MqRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/** Makes the call of a name, with parameters in JSON, through the client's own method and classes. */
final class Calls {
    private Calls() {
    }

    static boolean knows(String operation) {
        try {
            return request(operation) != null;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    private static Class<?> request(String operation) throws ClassNotFoundException {
        return Class.forName("software.amazon.awssdk.services.mq.model." + operation + "Request");
    }

    static Object send(MqClient client, String operation, JsonNode parameters) throws Exception {
        SdkPojo builder = (SdkPojo) request(operation).getMethod("builder").invoke(null);
        Object request = fill(builder, parameters);
        String method = operation.substring(0, 1).toLowerCase(Locale.ROOT) + operation.substring(1);
        try {
            return MqClient.class.getMethod(method, request(operation)).invoke(client, (MqRequest) request);
        } catch (InvocationTargetException thrown) {
            throw (Exception) thrown.getCause();
        }
    }

    private static Object fill(SdkPojo builder, JsonNode members) {
        members.asObject().forEach((name, value) -> {
            SdkField<?> field = builder.sdkFields().stream().filter(each -> each.memberName().equals(name)).findFirst()
                    .orElseThrow(() -> new AssertionError("no member " + name));
            field.set(builder, convert(field, value));
        });
        return ((Buildable) builder).build();
    }

    private static Object convert(SdkField<?> field, JsonNode value) {
        MarshallingType<?> type = field.marshallingType();
        if (type == MarshallingType.STRING) return value.asString();
        if (type == MarshallingType.BOOLEAN) return value.asBoolean();
        if (type == MarshallingType.INTEGER) return Integer.valueOf(value.asNumber());
        if (type == MarshallingType.SDK_POJO) return fill(field.constructor().get(), value);
        if (type == MarshallingType.LIST) {
            SdkField<?> item = field.getTrait(ListTrait.class).memberFieldInfo();
            return value.asArray().stream().map(each -> convert(item, each)).toList();
        }
        if (type == MarshallingType.MAP) {
            SdkField<?> item = field.getTrait(MapTrait.class).valueFieldInfo();
            Map<String, Object> converted = new LinkedHashMap<>();
            value.asObject().forEach((key, each) -> converted.put(key, convert(item, each)));
            return converted;
        }
        throw new AssertionError("a member of type " + type);
    }
}
