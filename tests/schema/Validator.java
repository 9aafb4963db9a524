import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** What the JDK's validator says: java Validator.java. A line in is a schema's path, a space and a document in base64; the line
 * out is its messages, each in base64, with a space between two. */
class ValidatorMain {
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Map<String, Validator> validators = new HashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ");
            if (!validators.containsKey(parts[0]))
                validators.put(parts[0], SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                    .newSchema(new File(parts[0])).newValidator());
            List<String> messages = new ArrayList<>();
            Validator validator = validators.get(parts[0]);
            validator.setErrorHandler(new ErrorHandler() {
                private void keep(SAXParseException exception) {
                    messages.add(Base64.getEncoder().encodeToString(exception.getMessage().getBytes(
                        java.nio.charset.StandardCharsets.UTF_8)));
                }

                public void warning(SAXParseException exception) {
                    keep(exception);
                }

                public void error(SAXParseException exception) {
                    keep(exception);
                }

                public void fatalError(SAXParseException exception) throws SAXParseException {
                    throw exception;
                }
            });
            validator.validate(new StreamSource(new ByteArrayInputStream(Base64.getDecoder().decode(parts[1]))));
            System.out.println(String.join(" ", messages));
        }
    }
}
